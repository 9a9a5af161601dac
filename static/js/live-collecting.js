// Keep the page of group gifts up to date: for each event, ask the server for the changed part after a short delay, once.

import { askWhenLeft, isTyped, later } from "./live-requests.js";
import { WishlistClient } from "./wishlist-client.js";

const page = document.querySelector("[data-live-collecting]");
const { address } = page.dataset;

const place = () => document.getElementById("collected");
const sections = () => [...place().querySelectorAll("[data-collection]")];
const sectionOf = (id) => document.getElementById(`collection-${id}`);

/* --- asking the server -------------------------------------------------------------------------------------------- */

function draw(target, { select = target, swap = "outerHTML" } = {}) {
  return htmx.ajax("GET", address, { source: document.querySelector(target), target, select, swap });
}

/** Whether the user is typing in this section or reading an error there. It is updated when they have left it. */
function isInUse(section) {
  if (section.querySelector("details[open], .errorlist, .form-notice")) return true;
  return isTyped(section.querySelectorAll("input:not([type=hidden])"));
}

function ask(id) {
  later(id, () => {
    const section = sectionOf(id);
    if (!section) {
      draw("#collected", { select: `#collection-${id}`, swap: "beforeend" }).then(() => {
        place().querySelector("[data-empty]")?.remove();
        announce(id);
      });
    } else if (isInUse(section)) {
      askWhenLeft(section, () => ask(id));
    } else {
      draw(`#collection-${id}`).then(() => announce(id));
    }
  });
}

function askForMine() {
  later("mine", () => draw("#chipped"));
}

/** Without a collection for the pot, a share page shows how much is in the pot. */
function askForPot() {
  later("pot", () => {
    const pot = document.getElementById("pot");
    if (!pot) return;
    if (isInUse(pot)) askWhenLeft(pot, askForPot);
    else draw("#pot");
  });
}

/** Announce a change to screen readers. */
function announce(id) {
  const section = sectionOf(id);
  if (!section) return;
  const said = ["h2", "[data-sum]"].map((part) => section.querySelector(part).textContent.trim());
  document.getElementById("news").textContent = said.join(": ");
}

/* --- events ------------------------------------------------------------------------------------------------------ */

function updated({ collection }) {
  ask(collection.id);
  askForMine();
  if (collection.item_id === null && !sectionOf(collection.id)) askForPot();
}

function remove(id) {
  if (sectionOf(id)?.dataset.item === "") askForPot();
  sectionOf(id)?.remove();
  if (!sections().length) later("all", () => draw("#collected"));
  askForMine();
}

const removeFor = ({ item_id: itemId }) =>
  sections().filter(({ dataset }) => dataset.item === itemId).forEach(({ dataset }) => remove(dataset.collection));

/** Ask for what differs from the snapshot, and remove what is not in it. */
function resync({ snapshot }) {
  const there = new Map(snapshot.collections.map((collection) => [collection.id, collection]));
  for (const { dataset } of sections()) if (!there.has(dataset.collection)) remove(dataset.collection);
  for (const [id, collection] of there) if (!isShown(collection)) ask(id);
  if (!isPotShown(snapshot)) askForPot();
}

function isPotShown({ collections, pot }) {
  const section = sectionOf("pot");
  if (collections.some(({ item_id: item }) => item === null)) return !section;
  return Number(section?.dataset.total) === pot.total;
}

function isShown({ id, total, target, note, organiser_name: organiser, deadline_at: deadline }) {
  const said = sectionOf(id)?.dataset;
  const number = (text) => (text === "" ? null : Number(text));
  const ends = (moment) => (moment ? Math.floor(Date.parse(moment) / 1000) : null);
  return (
    said &&
    number(said.total) === total &&
    number(said.target) === target &&
    said.note === (note ?? "") &&
    (!organiser || said.organiser === organiser) &&
    ends(said.deadline) === ends(deadline)
  );
}

function showState(state) {
  const live = document.getElementById("live");
  live.dataset.state = state;
  live.textContent = live.dataset[state];
}

/** Stop: the list is gone, or the viewer has no access any more. */
function close() {
  client.stop();
  showState("gone");
}

const client = new WishlistClient();
const handlers = {
  collection_updated: updated,
  collection_removed: ({ collection_id: id }) => remove(id),
  pot_updated() {
    askForMine();
    askForPot();
  },
  item_removed: removeFor,
  list_deleted: close,
  resync,
};

client.addEventListener("event", ({ detail }) => handlers[detail.event]?.(detail));
client.addEventListener("state", ({ detail }) => showState(detail.state));
const { liveToken, liveCollecting, liveOpening, liveGuest } = page.dataset;
if (liveToken) client.followPublic(liveToken, liveCollecting, undefined, liveOpening, liveGuest);
else client.follow(liveCollecting);
client.start();
