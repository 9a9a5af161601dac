// How a live page asks the server for what an event does not contain: after a short delay, once, and not while the user types.

const SPREAD = 300; // ms, so that a thousand open pages do not all ask at the same moment

const waiting = new Set();

/** Call `act` after a short delay. Further calls with the same `key` before that are ignored. */
export function later(key, act) {
  if (waiting.has(key)) return;
  waiting.add(key);
  setTimeout(() => {
    waiting.delete(key);
    act();
  }, Math.random() * SPREAD);
}

/** Call `again` one second after the user has left a field in `part`, or opened or closed a fold in it. */
export function askWhenLeft(part, again) {
  const left = new AbortController();
  const once = () => {
    left.abort();
    setTimeout(again, 1000);
  };
  part.addEventListener("focusout", once, { signal: left.signal });
  part.addEventListener("toggle", once, { signal: left.signal, capture: true }); // `toggle` does not bubble
}

/** Whether the user is typing into one of `fields`, or has changed one. */
export function isTyped(fields) {
  return [...fields].some((field) => field === document.activeElement || field.value !== field.defaultValue);
}
