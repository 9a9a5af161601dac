// Keep a page of cards up to date. What an event contains is written into the cards at once. What it does not contain (whose
// reservation it is, and so which buttons to show; how a new card looks) is asked of the server after a short delay, once.

import "./cards.js";
import { askWhenLeft, isTyped, later } from "./live-requests.js";
import { WishlistClient } from "./wishlist-client.js";

const page = document.querySelector("[data-live-list]");
const address = page.dataset.address;

const grid = () => document.getElementById("items");
const cardOf = (id) => document.getElementById(`item-${id}`);
const idOf = (card) => card.id.slice("item-".length);
const words = () => JSON.parse(grid().dataset.words);
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** Announce a change to screen readers. It is visible on the card. */
function announce(text) {
  document.getElementById("news").textContent = text;
}

/* --- the texts of a card, the same as in wishlists/web/cards/cards.py ---------------------------------------------- */

function money(amount, currency) {
  const digits = JSON.parse(grid().dataset.decimals)[currency] ?? 2;
  const number = new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return number.format(amount);
}

function badge(item) {
  const said = words();
  const status = item.reservation_status;
  if (item.received_at) return said.received;
  if (status !== "available") {
    const name = said.available && item.reserved_by_name;
    return name ? say(said[`${status}_by`], { name }) : said[status];
  }
  if (item.quantity === null) return said.any;
  return say(item.quantity === 1 ? said.available : said.some, { free: item.units_free, all: item.quantity });
}

const isCountedAsPriced = (item) => item.contributed_currency === item.currency;

function chipped(item) {
  if (!item.contributed_total) return "";
  const said = words();
  const total = money(item.contributed_total, item.contributed_currency);
  if (item.price === null || !isCountedAsPriced(item)) return say(said.chipped_only, { total });
  return say(said.chipped, { total, price: money(item.price, item.currency) });
}

/* --- updating cards ----------------------------------------------------------------------------------------------- */

function write(card, part, text) {
  const place = card.querySelector(part);
  if (place && place.textContent !== text) place.textContent = text;
}

function patch(item) {
  const card = cardOf(item.id);
  if (!card) return isElsewhere(item) ? undefined : askForNew(item);
  const { dataset } = card;
  const gave = dataset.status !== item.reservation_status || dataset.free !== String(item.units_free ?? "");
  const counted = dataset.counted ?? item.currency;
  const edited = Number(dataset.edited) !== Date.parse(item.updated_at) || counted !== item.contributed_currency;
  shelve(card, item);
  write(card, "h3", item.title);
  card.setAttribute("aria-label", item.title);
  write(card, ".price", item.price === null ? "" : money(item.price, item.currency));
  patchMoney(card, item);
  if (gave && !("mine" in dataset)) {
    const text = badge(item);
    write(card, ".badge", text);
    if (text) announce(`${item.title}: ${text}`);
  }
  dataset.status = item.reservation_status;
  dataset.free = item.units_free ?? "";
  dataset.created = Date.parse(item.created_at);
  if (Number(dataset.position) !== item.position) {
    dataset.position = item.position;
    sort();
  }
  if (gave || edited) {
    dataset.stale = ""; // until a new card comes from the server
    ask(item.id);
  }
  return undefined;
}

function patchMoney(card, item) {
  const box = card.querySelector(".chipped") ?? (item.contributed_total ? addMoney(card) : null);
  if (!box) return;
  write(card, ".chipped span", chipped(item));
  box.hidden = !item.contributed_total;
  const progress = box.querySelector("progress");
  if (!progress) return;
  progress.hidden = !isCountedAsPriced(item);
  progress.value = item.price ? Math.min(100, Math.floor((100 * item.contributed_total) / item.price)) : 100;
}

function addMoney(card) {
  const box = document.createElement("div");
  const progress = document.createElement("progress");
  box.className = "chipped";
  progress.max = 100;
  progress.setAttribute("aria-hidden", "true");
  box.append(progress, document.createElement("span"));
  card.querySelector(".face").append(box);
  return box;
}

/** Move a card to the section of received wishes, or back. */
function shelve(card, item) {
  const shelf = grid().querySelector("[data-received]");
  if (Boolean(item.received_at) === Boolean(card.closest("[data-received]"))) return;
  if (item.received_at) shelf.querySelector(".cards").append(card);
  else {
    grid().querySelector(":scope > [data-empty]")?.remove();
    grid().prepend(card);
  }
  shelf.hidden = !shelf.querySelector(".card");
  sort();
  askIfEmpty();
}

const placeOf = (card) => ({
  isReceived: Boolean(card.closest("[data-received]")),
  position: Number(card.dataset.position),
  created: Number(card.dataset.created),
  id: idOf(card),
});

/** The order of cards, the same as in wishlists/web/cards/card_pages.py. */
function compare(one, other) {
  return (
    one.isReceived - other.isReceived ||
    one.position - other.position ||
    one.created - other.created ||
    (one.id < other.id ? -1 : Number(one.id > other.id))
  );
}

/** Whether the item belongs to a part of a long list that is not on the page. The server will draw it as it is then. */
function isElsewhere(item) {
  const place = { isReceived: Boolean(item.received_at), position: item.position, created: Date.parse(item.created_at), id: item.id };
  const last = document.getElementById("more")?.previousElementSibling;
  const first = document.getElementById("before") && grid().querySelector(".card");
  return Boolean((last && compare(place, placeOf(last)) > 0) || (first && compare(place, placeOf(first)) < 0));
}

function sort() {
  const byPlace = (a, b) => compare(placeOf(a), placeOf(b));
  const cards = [...grid().querySelectorAll(":scope > .card")];
  const sorted = [...cards].sort(byPlace);
  const last = grid().lastElementChild;
  if (sorted.some((card, place) => card !== cards[place]) || last === cards.at(-1)) grid().prepend(...sorted);
  const before = document.getElementById("before");
  if (before) grid().prepend(before);
}

function remove(id) {
  const card = cardOf(id);
  if (!card) return;
  announce(card.querySelector("h3").textContent);
  card.remove();
  askIfEmpty();
}

/** If no card is left, ask the server, which has the text for an empty list. */
function askIfEmpty() {
  if (!grid().querySelector(":scope > .card, :scope > [data-empty]")) askForAll();
}

/* --- asking the server -------------------------------------------------------------------------------------------- */

/** Whether the user has opened a part of the card, types into it, or may try again. It is updated when they have left it. */
function isInUse(card) {
  if (card.querySelector("details[open], .form-notice")) return true;
  return isTyped(card.querySelectorAll(".units input"));
}

// Drop a response if the user has started to use the card since it was asked for.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const card = detail.target;
  if (detail.requestConfig.verb !== "get" || !card.matches?.(".card") || !isInUse(card)) return;
  detail.shouldSwap = false;
  card.dataset.stale = "";
  askWhenLeft(card, () => ask(idOf(card)));
});

function ask(id) {
  later(id, () => {
    const card = cardOf(id);
    if (!card || !("stale" in card.dataset)) return; // the card is gone, or the response to a form has replaced it
    if (card.querySelector(".htmx-request")) return ask(id);
    if (isInUse(card)) {
      askWhenLeft(card, () => ask(id));
      return;
    }
    htmx.ajax("GET", `${address}/items/${id}`, { source: card, target: card, swap: "outerHTML" });
  });
}

function askForNew(item) {
  later(item.id, () => {
    if (cardOf(item.id)) return;
    const swap = { source: grid(), target: "#items", swap: "beforeend" };
    htmx.ajax("GET", `${address}/items/${item.id}`, swap).then(() => {
      grid().querySelector("[data-empty]")?.remove();
      sort();
      announce(item.title);
    });
  });
}

function askForAll() {
  later("all", () => htmx.ajax("GET", address, { source: grid(), target: "#items", select: "#items", swap: "outerHTML" }));
}

function askForHead() {
  const head = "#list-head";
  later("head", () => htmx.ajax("GET", address, { source: head, target: head, select: head, swap: "outerHTML" }).then(showState));
}

/** Ask for the suggestions. Only the owner's page has a place for them. */
function askForSuggestions() {
  const place = document.getElementById("suggested");
  if (place) later("suggestions", () => htmx.trigger(place, "refresh"));
}

/* --- what a response must not take away --------------------------------------------------------------------------- */

// The response to a form replaces the card (for a new guest's first form: all cards). What the user has opened or typed in other
// forms in the meantime is moved to the new card. The form that was sent is shown as the server sent it.
let kept = [];

/** The name of a form. Several forms of a card have the same address, so their buttons tell them apart. */
function nameOf(form) {
  return [form.getAttribute("action"), ...[...form.querySelectorAll("button")].map(({ value }) => value)].join(" ");
}

// Text fields only: `value` alone does not hold the state of radio buttons, checkboxes and selects, and no card has these yet.
const TYPED = "input:not([type=hidden], [type=radio], [type=checkbox]), textarea";
const foldOf = (form) => form.closest(".card details");

function keep(form) {
  const fold = foldOf(form);
  const fields = [...form.querySelectorAll(TYPED)];
  return {
    name: nameOf(form),
    card: form.closest(".card").id,
    fold,
    isOpen: fold?.open,
    typed: fields.filter((field) => fold?.open || field.value !== field.defaultValue).map(({ name, value }) => [name, value]),
    focus: (fold ?? form).contains(document.activeElement) && (document.activeElement.name || "summary"),
  };
}

function giveBack(form, { isOpen, typed, focus }) {
  const fold = foldOf(form);
  if (fold && isOpen) fold.open = true;
  for (const [name, value] of typed) {
    const field = form.querySelector(`[name="${name}"]`);
    if (field) field.value = value;
  }
  // htmx has already tried to restore the focus, but then the fold was closed and nothing in it could be focused.
  if (focus) (form.querySelector(`[name="${focus}"]`) ?? fold?.querySelector(focus))?.focus({ preventScroll: true });
}

/** Put a form that had been opened in the place of a link back into the new card, unless it was closed or is not offered now. */
function reopen({ card, fold, isOpen, focus }) {
  const link = isOpen && document.getElementById(card)?.querySelector("a[data-fold]");
  if (!link) return;
  link.replaceWith(fold);
  if (!grid().querySelector("form:not([action$='/chip-in']) [name=name]")) {
    for (const name of ["name", "email"]) fold.querySelector(`[name=${name}]`)?.closest("label").remove();
  }
  htmx.process(fold);
  if (focus) fold.querySelector(`[name="${focus}"]`)?.focus({ preventScroll: true });
}

document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  const forms = target.matches?.(".card, #items") ? target.querySelectorAll("form:not(.htmx-request)") : [];
  kept = [...forms].map(keep);
});

document.addEventListener("htmx:afterSwap", () => {
  if (!kept.length) return;
  const forms = new Map([...grid().querySelectorAll("form")].map((form) => [nameOf(form), form]));
  for (const one of kept.splice(0)) {
    if (forms.has(one.name)) giveBack(forms.get(one.name), one);
    else reopen(one);
  }
});

/* --- events ------------------------------------------------------------------------------------------------------ */

/** Apply a snapshot: update what differs, and remove what is not in it. */
function resync({ snapshot }) {
  const there = new Set(snapshot.items.map(({ id }) => id));
  for (const card of [...grid().querySelectorAll(".card")]) if (!there.has(idOf(card))) remove(idOf(card));
  snapshot.items.forEach(patch);
}

document.addEventListener("cards:loaded", sort);

const handlers = {
  item_added: ({ item }) => patch(item),
  item_updated: ({ item }) => patch(item),
  item_removed: ({ item_id: id }) => remove(id),
  list_updated: askForHead,
  list_deleted: () => close(),
  suggestion_added: askForSuggestions,
  suggestion_removed: askForSuggestions,
  resync,
};

let state = "connecting";

function showState() {
  const place = document.getElementById("live");
  place.dataset.state = state;
  place.textContent = place.dataset[state];
}

/** Stop: the list is gone, or the viewer has no access any more. */
function close() {
  client.stop();
  state = "gone";
  showState();
  announce(document.getElementById("live").dataset.gone);
}

const client = new WishlistClient();
client.addEventListener("event", ({ detail }) => handlers[detail.event]?.(detail));
client.addEventListener("state", ({ detail }) => {
  state = detail.state;
  showState();
});
const { liveToken, liveList, liveOpening, liveGuest } = page.dataset;
if (liveToken) client.followPublic(liveToken, liveList, undefined, liveOpening, liveGuest);
else client.follow(liveList);
client.start();

// Let screen readers read the message of a response, because the card has been replaced.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const notice = detail.target?.isConnected ? null : document.querySelector(".card-notice");
  if (notice) announce(notice.textContent);
});
