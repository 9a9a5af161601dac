// The page "Your picture": shows the square that will be kept while its sliders move, and lets people drag it.

const form = document.getElementById("picture-form");
const frame = document.getElementById("crop");
const image = document.getElementById("crop-image");
const { file, zoom, left, top } = form.elements;

/** Show the same square that the server will cut out: a side of the shorter edge divided by the zoom. */
function show() {
  const side = Math.min(image.naturalWidth, image.naturalHeight) / zoom.value;
  const scale = frame.clientWidth / side;
  image.style.width = `${image.naturalWidth * scale}px`;
  image.style.height = `${image.naturalHeight * scale}px`;
  image.style.left = `${-(image.naturalWidth - side) * left.value * scale}px`;
  image.style.top = `${-(image.naturalHeight - side) * top.value * scale}px`;
}

file.addEventListener("change", () => {
  const [chosen] = file.files;
  frame.hidden = true;
  if (!chosen) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => { image.src = reader.result; });
  reader.readAsDataURL(chosen);
});

image.addEventListener("load", () => {
  zoom.value = 1;
  left.value = top.value = 0.5;
  frame.hidden = false;
  show();
});
image.addEventListener("error", () => { frame.hidden = true; }); // the server says what is wrong with the file

for (const slider of [zoom, left, top]) slider.addEventListener("input", show);
window.addEventListener("resize", () => { if (!frame.hidden) show(); });

/** Move a slider by as many pixels as the picture was dragged. */
function move(slider, pixels, shown) {
  const room = shown - frame.clientWidth;
  if (room > 0) slider.value = Number(slider.value) - pixels / room;
}

frame.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  frame.setPointerCapture(event.pointerId);
});
frame.addEventListener("pointermove", (event) => {
  if (!frame.hasPointerCapture(event.pointerId)) return;
  move(left, event.movementX, image.clientWidth);
  move(top, event.movementY, image.clientHeight);
  show();
});
