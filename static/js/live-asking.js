// How a live page asks the server for what a frame cannot know: a little later, once, and not while somebody types.

const SPREAD = 300; // ms: of a thousand open pages not all ask in the same instant

const waiting = new Set();

/** Calls `act` soon; asked again for the same `key` before that, it is called once. */
export function later(key, act) {
  if (waiting.has(key)) return;
  waiting.add(key);
  setTimeout(() => {
    waiting.delete(key);
    act();
  }, Math.random() * SPREAD);
}

/** Calls `again` a moment after somebody has left a field of `part`, or closed something in it. */
export function askWhenLeft(part, again) {
  const left = new AbortController();
  const once = () => {
    left.abort();
    setTimeout(again, 1000);
  };
  part.addEventListener("focusout", once, { signal: left.signal });
  part.addEventListener("toggle", once, { signal: left.signal, capture: true }); // it does not bubble
}

/** Whether somebody types into one of `fields`, or has. */
export function isTyped(fields) {
  return [...fields].some((field) => field === document.activeElement || field.value !== field.defaultValue);
}
