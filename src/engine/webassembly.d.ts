// The part of WebAssembly's JavaScript interface that the engine uses: without the DOM library, TypeScript has none.
declare namespace WebAssembly {
	class Module {
		constructor(bytes: Uint8Array);
	}
	class Memory {
		constructor(descriptor: { initial: number; maximum: number; shared: true });
		readonly buffer: SharedArrayBuffer;
	}
	class Instance {
		constructor(module: Module, imports: { env: { memory: Memory; abort(): void } });
		readonly exports: Record<string, unknown>;
	}
	function compile(bytes: Uint8Array): Promise<Module>;
	function validate(bytes: Uint8Array): boolean;
}
