// The page on which givers chip in together, kept true: what a frame is about is asked of the server, a little later and once.

import { WishlistClient } from "./wishlist-client.js";

const page = document.querySelector("[data-live-collecting]");
const { address } = page.dataset;
const SPREAD = 300; // ms: of a thousand open pages not all ask in the same instant

const place = () => document.getElementById("collected");
const sections = () => [...place().querySelectorAll("[data-collection]")];
const sectionOf = (id) => document.getElementById(`collection-${id}`);

/* --- asking ------------------------------------------------------------------------------------------------------ */

const waiting = new Set();

function later(key, act) {
  if (waiting.has(key)) return;
  waiting.add(key);
  setTimeout(() => {
    waiting.delete(key);
    act();
  }, Math.random() * SPREAD);
}

function draw(target, { select = target, swap = "outerHTML" } = {}) {
  return htmx.ajax("GET", address, { source: document.querySelector(target), target, select, swap });
}

/** Whoever types an amount goes on typing; the rest of the page is asked for when they are done. */
function isInUse(section) {
  const fields = [...section.querySelectorAll("input[name=amount]")];
  return fields.some((field) => field === document.activeElement || field.value !== field.defaultValue);
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
      section.addEventListener("focusout", () => setTimeout(() => ask(id), 1000), { once: true });
    } else {
      draw(`#collection-${id}`).then(() => announce(id));
    }
  });
}

function askForMine() {
  later("mine", () => draw("#chipped"));
}

/** Assistive technology hears of it; the eye sees it. */
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
}

function remove(id) {
  sectionOf(id)?.remove();
  if (!sections().length) later("all", () => draw("#collected"));
  askForMine();
}

const removeFor = ({ item_id: itemId }) =>
  sections().filter(({ dataset }) => dataset.item === itemId).forEach(({ dataset }) => remove(dataset.collection));

/** What differs is asked for, what is gone goes. */
function resync({ snapshot }) {
  const there = new Map(snapshot.collections.map((collection) => [collection.id, collection]));
  for (const { dataset } of sections()) if (!there.has(dataset.collection)) remove(dataset.collection);
  for (const [id, collection] of there) if (!isShown(collection)) ask(id);
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

/** The list is gone or closed to us: nothing here would work any more. */
function close() {
  client.stop();
  showState("gone");
}

const client = new WishlistClient();
const handlers = {
  collection_updated: updated,
  collection_removed: ({ collection_id: id }) => remove(id),
  pot_updated: askForMine,
  item_removed: removeFor,
  list_deleted: close,
  resync,
};

client.addEventListener("event", ({ detail }) => handlers[detail.event]?.(detail));
client.addEventListener("state", ({ detail }) => showState(detail.state));
client.follow(page.dataset.liveCollecting);
client.start();
