// "Fill in from link": ask the server what the product page says. Fill empty fields only, and a price only together with
// its currency. wishlists/web/link_filling.py follows the same rules.

const place = document.querySelector("[data-fill]");
const form = place.closest("form");
const link = form.elements.link_url;
const button = document.createElement("button");
const said = document.createElement("span");

button.type = "button";
button.className = "plain";
button.textContent = place.dataset.word;
said.className = "help";
said.setAttribute("role", "status");
place.append(button, said);

button.addEventListener("click", async () => {
  if (!link.value || !link.reportValidity()) return;
  button.setAttribute("aria-busy", "true");
  said.textContent = "";
  const asked = link.value;
  const found = await ask(asked);
  button.removeAttribute("aria-busy");
  if (link.value !== asked) return;
  const filled = [fill("title", found.title), fill("image_url", found.image_url), fillPrice(found)];
  if (!filled.some(Boolean)) said.textContent = place.dataset.failed;
});

async function ask(url) {
  try {
    const answer = await fetch(`/api/v1/metadata?url=${encodeURIComponent(url)}`, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

function fill(name, value) {
  const field = form.elements[name];
  if (!value || field.value.trim()) return false;
  field.value = value;
  return true;
}

/** Fill in price and currency. A currency that the user chose is kept; then a price in another currency is not filled in. */
function fillPrice({ price, currency }) {
  const field = form.elements.currency;
  const isFree = [place.dataset.currency, currency].includes(field.value);
  if (typeof price !== "number" || !isFree || !fill("price", written(price))) return false;
  field.value = currency;
  return true;
}

/** The price as people type it in the language of the page. */
function written(price) {
  const style = { useGrouping: false, maximumFractionDigits: 4 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(price);
}
