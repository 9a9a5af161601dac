// Turn web push on and off in this browser. Without this script, or without push in the browser, the form stays hidden.

const form = document.querySelector("[data-push-key]");

const decoded = (text) => {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
};

function show(state) {
  for (const line of form.querySelectorAll("[data-push-state]")) line.hidden = line.dataset.pushState !== state;
  form.querySelector('[data-push="on"]').hidden = state === "on" || state === "denied";
  form.querySelector('[data-push="off"]').hidden = state !== "on";
}

async function send(address, fields) {
  const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  const answer = await fetch(address, { method: "POST", body, redirect: "error" });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
}

async function turnOn(registration) {
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  const key = decoded(form.dataset.pushKey);
  const known = await registration.pushManager.getSubscription();
  const made = known ?? (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  const { endpoint, keys } = made.toJSON();
  await send(form.dataset.pushOn, { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  return "on";
}

async function turnOff(registration) {
  const known = await registration.pushManager.getSubscription();
  if (known) {
    await send(form.dataset.pushOff, { endpoint: known.endpoint });
    await known.unsubscribe();
  }
  return "off";
}

async function begin() {
  const registration = await navigator.serviceWorker.register(form.dataset.pushWorker);
  const known = await registration.pushManager.getSubscription();
  show(Notification.permission === "denied" ? "denied" : known ? "on" : "off");
  form.hidden = false;
  form.addEventListener("click", async ({ target }) => {
    const wanted = target.dataset?.push;
    if (!wanted) return;
    try {
      // A subscription needs a worker that is active.
      const ready = await navigator.serviceWorker.getRegistration(form.dataset.pushWorker);
      show(await (wanted === "on" ? turnOn(ready) : turnOff(ready)));
    } catch {
      show("failed");
    }
  });
}

if (form && "serviceWorker" in navigator && "PushManager" in window) begin();
