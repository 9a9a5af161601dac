// Cards: send their forms with htmx, open the form to chip in inside of the card, and load further cards of a long list.

const grid = () => document.getElementById("items");

/* --- forms ---------------------------------------------------------------------------------------------------------- */

// Cards have only plain forms, which work without JavaScript. The answer to a form replaces its card (`hx-target` of `#items`).
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  for (const form of elt.querySelectorAll("form:not([hx-post])")) {
    if (!form.closest(".card")) continue;
    form.setAttribute("hx-post", form.getAttribute("action"));
    htmx.process(form);
  }
});

// The link to chip in leads to a page of its own. With JavaScript its form takes the place of the link.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest(".card a[data-fold]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (!("opening" in link.dataset)) htmx.ajax("GET", link.href, { source: link, target: link, swap: "outerHTML" });
  link.dataset.opening = "";
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail: { elt } }) => {
    if (elt?.matches?.("a[data-fold]")) location.assign(elt.href);
  });
}

/* --- further cards -------------------------------------------------------------------------------------------------- */

let loading = null;

document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  if (target?.id !== "more") return;
  const link = target.querySelector("a");
  loading = { last: target.previousElementSibling, isFocused: target.contains(document.activeElement), says: link.dataset.loaded };
});

document.addEventListener("htmx:afterSwap", () => {
  if (!loading) return;
  const { last, isFocused, says } = loading;
  loading = null;
  dropDoubles();
  const first = last ? last.nextElementSibling : grid().querySelector(".card");
  if (isFocused && first?.matches(".card")) {
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }
  document.getElementById("news").textContent = says;
  document.dispatchEvent(new CustomEvent("cards:loaded"));
});

/** Remove cards that were there already: an event had brought or moved them. */
function dropDoubles() {
  const seen = new Set();
  for (const card of grid().querySelectorAll(".card")) {
    if (seen.has(card.id)) card.remove();
    seen.add(card.id);
  }
}

// A link to a card that is not among the first: the server knows where it is.
const wanted = /^#item-([0-9a-f-]{36})$/.exec(location.hash)?.[1];
if (wanted && document.getElementById("more") && !document.getElementById(`item-${wanted}`) && !location.search) {
  location.replace(`?item=${wanted}#item-${wanted}`);
}
