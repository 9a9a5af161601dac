// The form on /docs/ws to try out the socket. It shows every frame as it was received. To build a client, use
// wishlist-client.js instead, which keeps the order of events and reconnects by itself.

const box = document.getElementById("try");
const [connect, send] = [document.getElementById("try-connect"), document.getElementById("try-send")];
const frames = document.getElementById("try-frames");
const MOST = 500; // the most lines that are kept
let socket = null;

function show(way, text) {
  const line = document.createElement("li");
  line.dataset.way = way;
  line.textContent = text;
  frames.append(line);
  if (frames.children.length > MOST) frames.firstElementChild.remove();
  frames.scrollTop = frames.scrollHeight;
}

function showState(open) {
  const button = connect.querySelector("button");
  button.textContent = open ? button.dataset.close : button.dataset.open;
  send.querySelector("button").disabled = !open;
}

function say(text) {
  socket.send(text);
  // Don't show tokens on the screen.
  show("→", text.replace(/("(?:access|public)_token"\s*:\s*")[^"]+/g, "$1…"));
}

/** The message that identifies the visitor. If they enter the address of a share page, only its token is used. */
function firstMessage() {
  const by = connect.elements.by.value;
  const token = connect.elements.token.value.trim().split("/").pop();
  if (!by || !token) return null;
  return JSON.stringify({ event: by, [by === "auth" ? "access_token" : "public_token"]: token });
}

connect.addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket) {
    socket.close(1000);
    return;
  }
  const opened = (socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${box.dataset.address}`));
  opened.addEventListener("open", () => {
    show("·", frames.dataset.opened);
    showState(true);
    const first = firstMessage();
    if (first) say(first);
  });
  opened.addEventListener("message", ({ data }) => show("←", data));
  opened.addEventListener("close", ({ code }) => {
    socket = null;
    show("·", `${frames.dataset.closed} ${code}`);
    showState(false);
  });
});

send.addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket?.readyState === WebSocket.OPEN) say(send.elements.text.value);
});

function choose() {
  send.elements.text.value = send.elements.message.value;
}

send.elements.message.addEventListener("change", choose);
choose();
box.hidden = false;
