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
