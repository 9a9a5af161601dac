// "Fill in from the link": asks the server what the product page says. Only empty fields are filled.

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
  const found = await ask(link.value);
  button.removeAttribute("aria-busy");
  const filled = ["title", "image_url", "price", "currency"].filter((name) => fill(name, found[name]));
  if (!filled.length) said.textContent = place.dataset.failed;
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
  if (value === null || value === undefined) return false;
  if (name !== "currency" && field.value) return false;
  field.value = value;
  return true;
}
