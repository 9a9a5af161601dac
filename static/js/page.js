// For every page: replace pictures that fail, copy texts, restore the focus after a card was replaced, and ask for confirmation.

/** Remove a picture that did not load, so that the wrapping paper behind it is visible. */
function giveWay(picture) {
  picture.closest(".picture")?.classList.add("is-missing");
}

document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement) giveWay(event.target);
}, true);

/** Remove the paper behind a picture that has loaded, because the picture may be transparent. */
function settle(picture) {
  picture.closest(".picture")?.classList.add("is-there");
}

document.addEventListener("load", (event) => {
  if (event.target instanceof HTMLImageElement) settle(event.target);
}, true);

// Pictures that loaded or failed before this module ran. (A lazy picture that has not started is not `complete`.)
for (const picture of document.querySelectorAll(".picture img")) {
  if (picture.complete) (picture.naturalWidth ? settle : giveWay)(picture);
}

// The buttons to copy are hidden without this module, because they would do nothing.
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element && event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // without TLS there is no clipboard API, but the selection can be copied
  }
  button.textContent = button.dataset.copied;
});

// The pressed button is gone with the old card. Put the focus back to where the user was.
let pressedIn = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  pressedIn = target?.contains(document.activeElement) ? target.id : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!pressedIn) return;
  const card = document.getElementById(pressedIn);
  pressedIn = null;
  if (card && document.activeElement === document.body) {
    const place = card.querySelector("[data-focus]") ?? card;
    if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }
});
