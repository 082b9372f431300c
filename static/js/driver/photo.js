// A photo as small as the server keeps it, light enough for a thin line, and without what a camera writes beside it.
const LONGEST = 1280; // px
const HEAVIEST = 120_000; // bytes
const QUALITIES = [0.8, 0.65, 0.5, 0.35, 0.2];

export async function smaller(file) {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    for (let longest = LONGEST; ; longest *= 0.75) {
      const canvas = drawn(image, longest);
      for (const quality of QUALITIES) {
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
        if (!blob) return file;
        if (blob.size <= HEAVIEST || longest < 400) return blob;
      }
    }
  } catch { return file; }
}

function drawn(image, longest) {
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}
