// The socket's protocol, and nothing of any page: one connection, any number of lists, each resumed where it was.
// No dependencies; take it along to a site of your own (docs/real-time.md, “The client”).
//
//   const client = new WishlistClient();                   // the site of this page, as whoever is logged in
//   const client = new WishlistClient("wss://example.org/api/v1/ws", { token: () => freshAccessToken() });
//   client.addEventListener("event", ({ detail }) => …);   // item_added, item_updated, …, resync: as the server sent it
//   client.addEventListener("state", ({ detail }) => …);   // {state: "connecting" | "open" | "gone", code?, wishlistId?}
//   client.follow(wishlistId);  client.followPublic(token);  client.start();
//
// The server numbers the events of a list, and of an inbox. Events come once and in order; after a break, or when the
// server says that it is further than we are, we ask again for what follows `since`, and get that, or one `resync`
// with everything. So whoever applies each event in turn always has what the server has.

/** Close codes after which trying again would change nothing. */
const FINAL = new Set([4401, 4403, 4404, 4410]);
const NOT_AUTHENTICATED = 4401;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** Nothing heard for so long: ask, and if that is not answered either, begin anew. Together they are below 15 s. */
const QUIET = 8_000;
const ANSWER = 5_000;
/** After a sleep, or on another network, an answer is there soon or never. */
const SOON = 3_000;
/** So often the server hears how far we have read, while there is something to read. */
const ACK_PAUSE = 1_000;
/** No server calls an epoch so: whoever has no position asks for everything. */
const NOWHERE = { epoch: "none", seq: 0 };

/** Where we are in one stream. `live`: what comes next is the next number; until then nothing of it counts. */
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

  /** `token`: an access token, or a function that gets one (it may take its time); its bearer's inbox is followed too. */
  constructor(url = `${location.origin.replace(/^http/, "ws")}/api/v1/ws`, { token = null } = {}) {
    super();
    this.#url = url;
    this.#token = token;
  }

  /** A list that somebody who is logged in may open; from `position` on, if that was kept. */
  follow(wishlistId, position) {
    this.#want({ event: "subscribe", wishlist_id: wishlistId }, wishlistId, position);
  }

  /**
   * The list behind a public link. Give its id if you follow more than one that way; `opening` if it is limited; a guest's
   * `manageToken` where guests say who they are before they see what is taken.
   */
  followPublic(publicToken, wishlistId, position, opening, manageToken) {
    const asked = { event: "subscribe_public", public_token: publicToken, opening, manage_token: manageToken };
    this.#want(asked, wishlistId, position);
  }

  unfollow(wishlistId) {
    this.#lists = this.#lists.filter((list) => list.wishlistId !== wishlistId);
    this.#send({ event: "unsubscribe", wishlist_id: wishlistId });
  }

  /** `{epoch, seq}`: everything up to here was told. Without an id, of the inbox. */
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

  /** Not stopped, and perhaps started again, meanwhile. */
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

  /** From where we are. What is on its way of the old answer does not count any more: the new one repeats it. */
  #ask(place) {
    place.live = false;
    this.#send({ ...place.message, epoch: place.epoch, since: place.seq });
  }

  /** The server has no time for it now, and says when. */
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
    this.#denied ||= again; // the token may just have been too old: one more, and no third
    this.#retry(code);
  }

  /** Spread: when a server comes back, its thousand clients do not come back in the same instant. */
  #retry(code) {
    this.#tell("connecting", code);
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#tries++);
    this.#timer = setTimeout(() => this.#connect(), wait / 4 + Math.random() * wait * 0.75);
  }

  /** A network that went away says nothing. Nor does a quiet list; so ask. */
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

  /** Begin anew if nothing is heard by then. */
  #await(within) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#drop(), within);
  }

  #drop() {
    const dead = this.#socket;
    this.#closed(3000);
    dead?.close(3000);
  }

  /** The browser knows first that the network is gone, is back, or that the page wakes from a sleep. */
  #watchNetwork() {
    this.#wake = new AbortController();
    const { signal } = this.#wake;
    const look = () => this.#look();
    globalThis.addEventListener("offline", () => this.#socket && this.#drop(), { signal });
    globalThis.addEventListener("online", look, { signal });
    globalThis.addEventListener("pageshow", ({ persisted }) => persisted && look(), { signal });
    globalThis.document?.addEventListener("visibilitychange", () => document.hidden || look(), { signal });
  }

  /** Is there still somebody? Where there is no socket, try at once. */
  #look() {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      if (Date.now() - this.#heard > QUIET + ANSWER) {
        this.#doubts = true; // timers slept, too
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

  /** A link's list whose id was not given is known by the first answer that is nobody else's. */
  #nameless(frame) {
    const list = this.#lists.find(({ wishlistId, live }) => !wishlistId && !live);
    if (list) list.wishlistId = frame.wishlist_id;
    return list;
  }

  /** From where we asked, or not: then a `resync` follows, and until it is here we are where we were. */
  #begun(place, { epoch, seq }) {
    this.#tries = 0;
    if (place) place.live = place.epoch === epoch && place.seq === seq;
  }

  #isNext(place, { seq, stream }) {
    if (!place) return stream === "inbox"; // of whoever came by cookie, told as it comes
    if (!place.live || seq <= place.seq) return false;
    if (seq > place.seq + 1) {
      this.#ask(place); // something is missing in between
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
