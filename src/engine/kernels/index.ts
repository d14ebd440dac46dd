// Everything the kernels export. Pointers are byte offsets into the imported memory; nothing here allocates.
export { gemm, gemmWorkBytes, peak } from "./gemm";
export { activate, activateBackward, columnSums, gather } from "./layers";
export { binaryCrossEntropy, categoricalCrossEntropy, countRight, squaredError } from "./costs";
export { adam, addScaled, addSquares, clamp, descend, lion, momentum, scaleByRoot } from "./updates";
