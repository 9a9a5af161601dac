// A client for the socket's protocol, independent of any page: one connection, any number of lists, each resumed at its position.
// It has no dependencies. You can use it on a site of your own (docs/real-time.md, “The client”).
//
//   const client = new WishlistClient();                   // this page's site, as the user who is logged in
//   const client = new WishlistClient("wss://example.org/api/v1/ws", { token: () => freshAccessToken() });
//   client.addEventListener("event", ({ detail }) => …);   // item_added, item_updated, …, resync, as sent by the server
//   client.addEventListener("state", ({ detail }) => …);   // {state: "connecting" | "open" | "gone", code?, wishlistId?}
//   client.follow(wishlistId);  client.followPublic(token);  client.start();
//
// The server numbers the events of each list and inbox. Events arrive once and in order. After a disconnection, or when the
// server's number is higher than ours, the client asks again for the events after `since`. It gets those, or one `resync`
// with everything. If you apply the events in order, you always have the state of the server.

/** Close codes after which a new attempt would fail, too. */
const FINAL = new Set([4401, 4403, 4404, 4410]);
const NOT_AUTHENTICATED = 4401;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** ms without any frame until we send a ping, and then until we reconnect. Together they are below 15 s. */
const QUIET = 8_000;
const ANSWER = 5_000;
/** ms to wait for an answer after a sleep or a change of network. It comes soon or never. */
const SOON = 3_000;
/** ms between acknowledgements of what we have read. */
const ACK_PAUSE = 1_000;
/** The position of a client that has none. No server uses this epoch, so the client gets everything. */
const NOWHERE = { epoch: "none", seq: 0 };

/** Our position in one stream. `live`: the next event has the next number. While false, events of the stream are ignored. */
class Place {
  live = false;
  acknowledged = 0;

  constructor(message, wishlistId, { epoch, seq } = NOWHERE) {
    Object.assign(this, { message, wishlistId, epoch, seq });
  }

  move(epoch, seq) {
    Object.assign(this, { epoch, seq, live: true });
  }
}

export class WishlistClient extends EventTarget {
  #url;
  #token;
  #socket = null;
  #lists = [];
  #inbox = null;
  #tries = 0;
  #attempt = 0;
  #denied = false;
  #timer = 0;
  #watch = 0;
  #ack = 0;
  #stopped = true;
  #heard = 0;
  #doubts = false;
  #wake = new AbortController();

  /** `token`: an access token, or a function (possibly async) that returns one. Its user's inbox is followed, too. */
  constructor(url = `${location.origin.replace(/^http/, "ws")}/api/v1/ws`, { token = null } = {}) {
    super();
    this.#url = url;
    this.#token = token;
  }

  /** Follow a list as a user. With `position`, continue from there. */
  follow(wishlistId, position) {
    this.#want({ event: "subscribe", wishlist_id: wishlistId }, wishlistId, position);
  }

  /**
   * Follow the list behind a public link. Pass its id if you follow more than one list by link, `opening` if the link is limited,
   * and a guest's `manageToken` if the list asks for names before it shows what is taken.
   */
  followPublic(publicToken, wishlistId, position, opening, manageToken) {
    const asked = { event: "subscribe_public", public_token: publicToken, opening, manage_token: manageToken };
    this.#want(asked, wishlistId, position);
  }

  unfollow(wishlistId) {
    this.#lists = this.#lists.filter((list) => list.wishlistId !== wishlistId);
    this.#send({ event: "unsubscribe", wishlist_id: wishlistId });
  }

  /** `{epoch, seq}` of the last event that was delivered, of the list or, without an id, of the inbox. */
  position(wishlistId) {
    const place = wishlistId ? this.#lists.find((list) => list.wishlistId === wishlistId) : this.#inbox;
    return place && { epoch: place.epoch, seq: place.seq };
  }

  start() {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#watchNetwork();
    this.#connect();
  }

  stop() {
    this.#stopped = true;
    this.#wake.abort();
    for (const timer of [this.#timer, this.#watch, this.#ack]) clearTimeout(timer);
    this.#ack = 0;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  #want(message, wishlistId, position) {
    const list = new Place(message, wishlistId, position);
    this.#lists.push(list);
    this.#ask(list);
  }

  async #connect() {
    this.#tell("connecting");
    const attempt = ++this.#attempt;
    try {
      await this.#identify();
    } catch {
      return this.#isLatest(attempt) ? this.#retry() : undefined;
    }
    if (!this.#isLatest(attempt)) return undefined;
    const socket = (this.#socket = new WebSocket(this.#url));
    this.#await(QUIET + ANSWER);
    socket.addEventListener("open", () => {
      for (const place of this.#places()) this.#ask(place);
      this.#listen();
    });
    socket.addEventListener("message", ({ data }) => {
      if (socket !== this.#socket) return;
      this.#listen();
      this.#read(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket === this.#socket) this.#closed(code);
    });
    return undefined;
  }

  /** Whether the client has not been stopped or restarted since this attempt. */
  #isLatest(attempt) {
    return !this.#stopped && attempt === this.#attempt;
  }

  async #identify() {
    if (!this.#token) return;
    const token = typeof this.#token === "function" ? await this.#token() : this.#token;
    this.#inbox ??= new Place();
    this.#inbox.message = { event: "auth", access_token: token };
  }

  #places() {
    return this.#inbox ? [this.#inbox, ...this.#lists] : this.#lists;
  }

  #placeOf(frame) {
    if (frame.stream === "inbox" || frame.event === "authenticated") return this.#inbox;
    return this.#lists.find(({ wishlistId }) => wishlistId === frame.wishlist_id);
  }

  /** Ask for the events after our position. Frames of an older answer that still arrive are ignored, because the new one has them. */
  #ask(place) {
    place.live = false;
    this.#send({ ...place.message, epoch: place.epoch, since: place.seq });
  }

  /** Ask again after the time that a busy server has named. */
  #askLater(place, seconds) {
    const socket = this.#socket;
    setTimeout(() => {
      if (socket === this.#socket && this.#places().includes(place)) this.#ask(place);
    }, seconds * 1_000);
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #closed(code) {
    clearTimeout(this.#watch);
    this.#socket = null;
    this.#doubts = false;
    if (this.#stopped) return;
    const again = code === NOT_AUTHENTICATED && typeof this.#token === "function" && !this.#denied;
    if (FINAL.has(code) && !again) {
      this.#stopped = true;
      this.#wake.abort();
      this.#tell("gone", code);
      return;
    }
    this.#denied ||= again; // the token may have expired: try once more with a new one, but not a third time
    this.#retry(code);
  }

  /** Reconnect after a random delay, so that a thousand clients do not reconnect at the same moment. */
  #retry(code) {
    this.#tell("connecting", code);
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#tries++);
    this.#timer = setTimeout(() => this.#connect(), wait / 4 + Math.random() * wait * 0.75);
  }

  /** Note that a frame has arrived, and send a ping after a silence: a lost network is as silent as a quiet list. */
  #listen() {
    this.#heard = Date.now();
    if (this.#doubts) {
      this.#doubts = false;
      for (const { live, wishlistId } of this.#lists) if (live) this.#tell("open", undefined, wishlistId);
    }
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#ping(ANSWER), QUIET);
  }

  #ping(within) {
    this.#send({ event: "ping" });
    this.#await(within);
  }

  /** Reconnect if nothing arrives within this time. */
  #await(within) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#drop(), within);
  }

  #drop() {
    const dead = this.#socket;
    this.#closed(3000);
    dead?.close(3000);
  }

  /** Listen to the browser, which knows first that the network is gone or back, or that the page wakes from a sleep. */
  #watchNetwork() {
    this.#wake = new AbortController();
    const { signal } = this.#wake;
    const look = () => this.#look();
    globalThis.addEventListener("offline", () => this.#socket && this.#drop(), { signal });
    globalThis.addEventListener("online", look, { signal });
    globalThis.addEventListener("pageshow", ({ persisted }) => persisted && look(), { signal });
    globalThis.document?.addEventListener("visibilitychange", () => document.hidden || look(), { signal });
  }

  /** Check whether the server still answers. Without a socket, connect at once. */
  #look() {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      if (Date.now() - this.#heard > QUIET + ANSWER) {
        this.#doubts = true; // timers did not run during the sleep either
        this.#tell("connecting");
      }
      this.#ping(SOON);
    } else if (!this.#socket) {
      clearTimeout(this.#timer);
      this.#tries = 0;
      this.#connect();
    }
  }

  #read(frame) {
    const place = this.#placeOf(frame);
    switch (frame.event) {
      case "ping":
        return this.#send({ event: "pong" });
      case "pong":
        return undefined;
      case "authenticated":
        this.#denied = false;
        return this.#begun(place, frame);
      case "subscribed":
        this.#begun(place ?? this.#nameless(frame), frame);
        return this.#tell("open", undefined, frame.wishlist_id);
      case "unsubscribed":
        return frame.code ? this.#gone(place, frame.code) : undefined;
      case "error":
        if (place && frame.retry_after) return this.#askLater(place, frame.retry_after);
        return place ? this.#gone(place, frame.code) : this.#emit("event", frame);
      case "head":
        return place?.live && frame.seq > place.seq ? this.#ask(place) : undefined;
      case "resync":
        place?.move(frame.epoch, frame.seq);
        break;
      default:
        if (frame.seq !== undefined && !this.#isNext(place, frame)) return undefined;
    }
    this.#emit("event", frame);
    return this.#acknowledge();
  }

  /** The list that was followed by link without its id: the first answer for an unknown list is for it. */
  #nameless(frame) {
    const list = this.#lists.find(({ wishlistId, live }) => !wishlistId && !live);
    if (list) list.wishlistId = frame.wishlist_id;
    return list;
  }

  /** The server has answered. If it does not continue at our position, a `resync` follows; until then we keep our position. */
  #begun(place, { epoch, seq }) {
    this.#tries = 0;
    if (place) place.live = place.epoch === epoch && place.seq === seq;
  }

  #isNext(place, { seq, stream }) {
    if (!place) return stream === "inbox"; // a user who connected by cookie: deliver as it arrives
    if (!place.live || seq <= place.seq) return false;
    if (seq > place.seq + 1) {
      this.#ask(place); // events in between are missing
      return false;
    }
    place.seq = seq;
    return true;
  }

  #gone(place, code) {
    this.#lists = this.#lists.filter((list) => list !== place);
    return this.#tell("gone", code, place?.wishlistId);
  }

  #acknowledge() {
    this.#ack ||= setTimeout(() => {
      this.#ack = 0;
      for (const place of this.#places()) {
        if (!place.live || place.seq === place.acknowledged) continue;
        place.acknowledged = place.seq;
        this.#send({ event: "ack", wishlist_id: place.wishlistId, seq: place.seq });
      }
    }, ACK_PAUSE);
  }

  #tell(state, code, wishlistId) {
    this.#emit("state", { state, code, wishlistId });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
