// Disable a form's buttons while it is being sent, and show errors at the form, with a button to try again.
// Trying again is safe: by the form's key, the server recognises the form (docs/forms.md).

const words = document.getElementById("form-words").dataset;
const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const isPost = (form) => form.method === "post";
const usesHtmx = (form) => form.hasAttribute("hx-post");

/* --- while a form is being sent ----------------------------------------------------------------------------------- */

const GIVEN_UP = 10_000; // ms. By then the browser has shown its own error, or the user has stopped it.

function buttonsOf(form) {
  const outside = form.id ? [...document.querySelectorAll(`button[form="${form.id}"]`)] : [];
  return [...form.querySelectorAll("button"), ...outside];
}

function rest(form, isResting) {
  form.toggleAttribute("data-sending", isResting);
  for (const button of buttonsOf(form)) {
    // Not `disabled`: a disabled button loses the focus, and its value is not sent.
    if (isResting) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

/** The button with which each form was last sent. */
const submitters = new WeakMap();

// Handle the event in the capturing phase, before htmx and the browser send the form.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isPost(form)) return;
  if ("sending" in form.dataset) {
    stop(event);
    return;
  }
  submitters.set(form, event.submitter);
  if (!navigator.onLine && !usesHtmx(form)) {
    // The browser would show its own error page, and the input would be lost.
    stop(event);
    tell(form, event.submitter, words.offline);
    return;
  }
  // Do this after the event: the browser still needs the pressed button when it collects the form's data.
  // (And htmx forgets the button when the focused element, such as "Try again", is removed.)
  queueMicrotask(() => {
    form.querySelector(".form-notice")?.remove();
    rest(form, true);
  });
  if (!usesHtmx(form)) setTimeout(() => rest(form, false), GIVEN_UP);
}, true);

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

// When the user comes back to this page, enable the buttons again.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.querySelectorAll("form[data-sending]").forEach((form) => rest(form, false));
});

/* --- errors ------------------------------------------------------------------------------------------------------- */

/** Show `sentence` at the form, with a button that sends it again as `submitter` did. The button waits for `seconds`. */
function tell(form, submitter, sentence, { seconds = 0, again = true } = {}) {
  form.querySelector(".form-notice")?.remove();
  const notice = document.createElement("div");
  notice.className = "form-notice warning";
  notice.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = sentence;
  notice.append(text);
  if (again) notice.append(retry(form, submitter, seconds));
  form.append(notice);
}

function retry(form, submitter, seconds) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.dataset.retry = "";
  const ends = Date.now() + seconds * 1000;
  const show = () => {
    const left = Math.ceil((ends - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? say(words.soon, { seconds: left }) : words.retry;
    if (left > 0 && button.isConnected) setTimeout(show, 250);
  };
  requestAnimationFrame(show); // after the notice is on the page
  button.addEventListener("click", (event) => {
    event.stopPropagation(); // htmx would take this button for the one that sends the form
    // `click` and not `requestSubmit`: htmx sends the name and value of the button that was last clicked.
    if (submitter?.isConnected) submitter.click();
    else form.requestSubmit();
  });
  return button;
}

/** The seconds until the time in Retry-After, which has seconds or a date. 0 without that header. */
function secondsToWait(answer) {
  const named = answer.getResponseHeader("Retry-After");
  if (!named) return 0;
  const seconds = /^\d+$/.test(named) ? Number(named) : (Date.parse(named) - Date.now()) / 1000;
  return Math.max(0, Math.ceil(seconds)) || 0;
}

/** The sentence in a response that is only a sentence (templates/errors/said.html), else "". */
function sentenceOf(answer) {
  if (!answer.getResponseHeader("Content-Type")?.startsWith("text/html")) return "";
  const said = new DOMParser().parseFromString(answer.responseText, "text/html").querySelector("[data-sentence]");
  return said?.textContent.trim() ?? "";
}

function explain(form, submitter, answer) {
  if (!answer.status) return tell(form, submitter, navigator.onLine ? words.silent : words.offline);
  const seconds = secondsToWait(answer);
  if (answer.status === 429) return tell(form, submitter, sentenceOf(answer) || words.often, { seconds });
  if (answer.status >= 500) return tell(form, submitter, answer.status === 503 ? words.busy : words.fault, { seconds });
  const sentence = sentenceOf(answer);
  // A response without such a sentence, such as a form with its errors, has already replaced the form.
  return sentence || answer.status === 404 ? tell(form, submitter, sentence || words.gone, { again: false }) : undefined;
}

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt?.closest?.("form");
  if (!form) return;
  rest(form, false);
  if (!detail.successful && form.isConnected) explain(form, submitters.get(form), detail.xhr);
});

// If the user has been logged out in another window, their next click leads to the log-in page. A request that a script sends by
// itself must not take away the page that they are reading. It shows a message there instead.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig } = event.detail;
  const leads = xhr.getResponseHeader("HX-Redirect");
  if (requestConfig.verb !== "get" || !leads?.startsWith("/login")) return;
  event.preventDefault();
  const place = document.getElementById("messages");
  if (place.querySelector("[data-logged-out]")) return;
  const notice = document.createElement("p");
  const link = document.createElement("a");
  notice.className = "message warning";
  notice.dataset.loggedOut = "";
  link.href = leads;
  link.textContent = words.login;
  notice.append(words.loggedOut, " ", link);
  place.append(notice);
});
