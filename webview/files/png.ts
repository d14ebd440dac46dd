/** A picture of text, drawn by the browser into pixels. */

/**
 * @param svg a document that stands by itself
 * @param scale device pixels for each of its pixels
 * @returns the bytes of a PNG file
 */
export async function pngOf(svg: string, width: number, height: number, scale: number): Promise<Uint8Array> {
	const image = new Image();
	image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
	await image.decode();
	const canvas = document.createElement("canvas");
	canvas.width = width * scale;
	canvas.height = height * scale;
	canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
	const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
	if (blob === null) throw new Error("The picture is too large for the browser");
	return new Uint8Array(await blob.arrayBuffer());
}
