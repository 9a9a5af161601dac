// What every page needs: a place where a picture fails, copying, focus after a card was replaced, and questions before what cannot be undone.

/** A picture that did not come gives way to the wrapping paper behind it. */
function giveWay(picture) {
  picture.closest(".picture")?.classList.add("is-missing");
}

document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement) giveWay(event.target);
}, true);

/** And one that came may be transparent: no paper behind it. */
function settle(picture) {
  picture.closest(".picture")?.classList.add("is-there");
}

document.addEventListener("load", (event) => {
  if (event.target instanceof HTMLImageElement) settle(event.target);
}, true);

// Those that came or failed before this module was there to listen. (A lazy one that waits is not complete.)
for (const picture of document.querySelectorAll(".picture img")) {
  if (picture.complete) (picture.naturalWidth ? settle : giveWay)(picture);
}

// Without this module nothing would copy, so there is no button for it.
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element && event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // no clipboard without TLS: what is selected can still be copied
  }
  button.textContent = button.dataset.copied;
});

// A button that was pressed is gone with the old card: keep the reader where they were.
let pressedIn = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  pressedIn = target?.contains(document.activeElement) ? target.id : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!pressedIn) return;
  const card = document.getElementById(pressedIn);
  pressedIn = null;
  if (card && !card.contains(document.activeElement)) {
    (card.querySelector("[data-focus]") ?? card).focus({ preventScroll: true });
  }
});

/* --- a form rests while it is sent: a second press of its button would be a second form --------------------------- */

// (Were one to slip through, its key makes it the same form to the server: docs/forms.md.)
function rest(form, isResting) {
  form.toggleAttribute("data-sending", isResting);
  const outside = form.id ? [...document.querySelectorAll(`button[form="${form.id}"]`)] : [];
  for (const one of [...form.querySelectorAll("button"), ...outside]) {
    // Not `disabled`: what is disabled is not sent, and loses the focus.
    if (isResting) one.setAttribute("aria-disabled", "true");
    else one.removeAttribute("aria-disabled");
  }
}

// Caught before htmx and the browser send it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if ("sending" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  // Afterwards: the button that was pressed must still count as one while the browser gathers what to send.
  queueMicrotask(() => rest(form, true));
  setTimeout(() => form.hasAttribute("hx-post") || rest(form, false), 10_000); // the browser gave up, and said so itself
}, true);

const sentBy = ({ detail }) => (detail.elt?.closest ? detail.elt.closest("form") : null);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = sentBy(event);
  if (form) rest(form, false);
});

// Back from where it led, or stopped on the way: the form is there to be sent again.
const wake = () => document.querySelectorAll("form[data-sending]").forEach((form) => rest(form, false));
addEventListener("pageshow", ({ persisted }) => persisted && wake());
