// Keep the page of a shared list up to date: after each event ask the server for the things once, after a short delay.

import { isTyped, later } from "./live-requests.js";
import { WishlistClient } from "./wishlist-client.js";

const page = document.querySelector("[data-live-things]");
const { address, liveThings } = page.dataset;

function draw(select) {
  return htmx.ajax("GET", address, { source: page, target: select, select, swap: "outerHTML" });
}

/** Ask for the things, and keep the focus on the one that had it. */
function askForThings() {
  later("things", () => {
    const id = document.activeElement?.closest("#things li")?.id;
    draw("#things").then(() => {
      if (id) document.getElementById(id)?.querySelector("button")?.focus();
    });
  });
}

function showState(state) {
  const live = document.getElementById("live");
  live.dataset.state = state;
  live.textContent = live.dataset[state];
}

function announce({ item }) {
  document.getElementById("news").textContent = item.title;
}

function close() {
  client.stop();
  showState("gone");
}

const client = new WishlistClient();
const handlers = {
  item_added(event) {
    announce(event);
    askForThings();
  },
  item_updated: askForThings,
  item_removed: askForThings,
  resync: askForThings,
  list_updated() {
    if (isTyped(page.querySelectorAll(".add-thing input:not([type=hidden])"))) askForThings();
    else later("all", () => location.reload());
  },
  list_deleted: close,
};

client.addEventListener("event", ({ detail }) => handlers[detail.event]?.(detail));
client.addEventListener("state", ({ detail }) => showState(detail.state));
client.follow(liveThings);
client.start();
