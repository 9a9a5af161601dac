// What happens at a form: its buttons rest while it is sent, and what goes wrong is said there, with a way to try again.
// Trying again is safe: the form's key makes it the same form to the server (docs/forms.md).

const words = document.getElementById("form-words").dataset;
const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const isPost = (form) => form.method === "post";
const usesHtmx = (form) => form.hasAttribute("hx-post");

/* --- resting ------------------------------------------------------------------------------------------------------ */

const GIVEN_UP = 10_000; // ms: by then the browser has shown an error of its own, or was stopped

function buttonsOf(form) {
  const outside = form.id ? [...document.querySelectorAll(`button[form="${form.id}"]`)] : [];
  return [...form.querySelectorAll("button"), ...outside];
}

function rest(form, isResting) {
  form.toggleAttribute("data-sending", isResting);
  for (const button of buttonsOf(form)) {
    // Not `disabled`: what is disabled is not sent, and loses the focus.
    if (isResting) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

/** By which button each form was sent last. */
const submitters = new WeakMap();

// Caught before htmx and the browser send it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isPost(form)) return;
  if ("sending" in form.dataset) {
    stop(event);
    return;
  }
  submitters.set(form, event.submitter);
  if (!navigator.onLine && !usesHtmx(form)) {
    // The browser would put a page of its own in the place of what was typed.
    stop(event);
    tell(form, event.submitter, words.offline);
    return;
  }
  // Afterwards: the button that was pressed must still count as one while the browser gathers what to send.
  // (And htmx forgets it when what has the focus, such as "Try again", goes away.)
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

// Back from where it led: the form is there to be sent again.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.querySelectorAll("form[data-sending]").forEach((form) => rest(form, false));
});

/* --- what goes wrong ---------------------------------------------------------------------------------------------- */

/** Say `sentence` at the form, with a button that sends it again in `seconds`, as it was sent by `submitter`. */
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
  requestAnimationFrame(show); // when it is on the page
  button.addEventListener("click", (event) => {
    event.stopPropagation(); // htmx would take this one for the button that sends
    // Clicked, not `requestSubmit`: htmx sends the name and value of the button that was clicked last.
    if (submitter?.isConnected) submitter.click();
    else form.requestSubmit();
  });
  return button;
}

/** Seconds, or a date; a server that names none is asked again at once. */
function secondsToWait(answer) {
  const named = answer.getResponseHeader("Retry-After");
  if (!named) return 0;
  const seconds = /^\d+$/.test(named) ? Number(named) : (Date.parse(named) - Date.now()) / 1000;
  return Math.max(0, Math.ceil(seconds)) || 0;
}

/** What a refusal that is no page says. */
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
  // Whatever has no sentence of ours (a form with its errors) was drawn in the place of the form.
  return sentence || answer.status === 404 ? tell(form, submitter, sentence || words.gone, { again: false }) : undefined;
}

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt?.closest?.("form");
  if (!form) return;
  rest(form, false);
  if (!detail.successful && form.isConnected) explain(form, submitters.get(form), detail.xhr);
});

// Whoever was logged out elsewhere is led to the log-in by what they press. What a script asks for by itself must not take
// away the page that they read: it is said there.
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
