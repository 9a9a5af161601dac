// Keep the page of a job up to date: the progress at once, and the rest of the page when the job has ended. If the socket
// fails, the page still asks the server every few seconds (templates/jobs/job.html).

import { WishlistClient } from "./wishlist-client.js";

const shown = () => document.getElementById("job");
const ENDED = new Set(["done", "failed", "cancelled"]);

function show({ done, total }) {
  const bar = shown().querySelector("progress");
  if (!bar || !total) return;
  bar.max = total;
  bar.value = done;
  for (const [name, number] of Object.entries({ done, total })) {
    const place = shown().querySelector(`[data-${name}]`);
    if (place) place.textContent = number;
  }
}

function draw() {
  htmx.ajax("GET", location.pathname, { source: shown(), target: "#job", select: "#job", swap: "outerHTML" });
}

const client = new WishlistClient();

client.addEventListener("event", ({ detail }) => {
  if (detail.event !== "job_progress" || detail.job_id !== shown().dataset.job) return;
  show(detail);
  const wasCounted = shown().querySelector("[data-total]");
  if (ENDED.has(detail.state)) client.stop();
  if (ENDED.has(detail.state) || !wasCounted) draw();
});

if (shown().querySelector("progress")) client.start();
