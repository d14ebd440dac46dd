/** Korean texts in CP949, which holds EUC-KR, made UTF-8. */
import { Transform, type TransformCallback } from "node:stream";
import type { NotUtf8 } from "./encodings.ts";

/** what most of a Korean text is made of: some hundred of the 11,172 syllables */
const frequent = new Set(
	"가각간감값강같개객거건것게격결경계고곡곱곳공과곽광교구국군권균그근글금급기길김까꽃끝나날남낮내너넘네년노높뇨누느는" +
		"니닙다단달당대더데델도돌동되된됨됩두뒤드든등디따때라란람랑래량러레려력련로록료루류률르른를름리마막만말매맹머메멘며" +
		"면명모목몸무문미민바박반받발방배백번베변별보복본부북분불브블비빠빼뿐사삭산상색생서석선설성세셉소속손송쇠수순스습시" +
		"신실심써쓰쓸씁아안않알암압앞액야약양어엄업없었에엔여역연열염영예오옥온올옴와왕외요욕용우운울원월웨위유육윤율으은을" +
		"음읍의이인일읽임입있잎자작잘장저적전점접정제조종주줄중즈증지직진집짜째차찾채천첫청체초총최추축출충측층치침카칸케코" +
		"크큰클키타탁탄태택터텍통투트특티파판페편평포폴표품풍프피필하학한할함합해했행향허현혈형호혼홍화확환활황회훈",
);
/** KS X 1001: both bytes of a sign are above 0xa0, 94 signs to a row; these rows are Hangul, in the order of Unicode */
const firstHangulRow = 0xb0;
const lastHangulRow = 0xc8;
/** rows of marks, units and wide digits, which a text of any language may have */
const marks = new Set([0xa1, 0xa2, 0xa3, 0xa7]);
const hangulShare = 0.95;
/** Of Chinese in GB 2312, whose signs have the same bytes, less than a fifth is what would be frequent in Korean. */
const frequentShare = 0.6;

/**
 * Makes UTF-8 of CP949. A text is that when its bytes are pairs that stand for Hangul, and mostly for syllables that come
 * often: letters of Windows-1252 stand alone, and the pairs of other encodings give Hangul that nobody writes.
 */
export class EucKr extends Transform {
	private readonly fault: NotUtf8;
	private readonly signs = signsOfPairs();
	/** the first byte of a pair, 0 between pairs */
	private lead = 0;
	/** pairs but for marks, those of them that are Hangul of KS X 1001, and of these the frequent ones */
	private pairs = 0;
	private hangul = 0;
	private usual = 0;

	/** @param fault what a text of another encoding fails with */
	constructor(fault: NotUtf8) {
		super();
		this.fault = fault;
	}

	override _transform(piece: Buffer, _: BufferEncoding, done: TransformCallback): void {
		let text = "";
		let plain = 0;
		for (let i = 0; i < piece.length; i++) {
			const byte = piece[i];
			if (this.lead === 0) {
				if (byte < 0x80) continue;
				text += piece.toString("latin1", plain, i);
				this.lead = byte;
			} else {
				const sign = this.signs.get(this.lead * 256 + byte);
				if (sign === undefined) {
					done(this.fault);
					return;
				}
				this.count(this.lead, byte, sign);
				text += sign;
				this.lead = 0;
			}
			plain = i + 1;
		}
		done(null, text + piece.toString("latin1", plain));
	}

	override _flush(done: TransformCallback): void {
		const { lead, pairs, hangul, usual } = this;
		const isKorean = lead === 0 && hangul >= pairs * hangulShare && usual > pairs * frequentShare;
		done(isKorean ? null : this.fault);
	}

	private count(lead: number, trail: number, sign: string): void {
		if (marks.has(lead)) return;
		this.pairs++;
		if (lead < firstHangulRow || lead > lastHangulRow || trail <= 0xa0) return;
		this.hangul++;
		if (frequent.has(sign)) this.usual++;
	}
}

/**
 * The signs of KS X 1001 as Node has them, none where it has no Korean; then what Microsoft
 * added and Node's decoder has not: two signs, and the syllables that are none of those, in the order of Unicode, in the
 * pairs of which one byte is lower.
 */
function signsOfPairs(): Map<number, string> {
	const signs = new Map<number, string>();
	let decoder: InstanceType<typeof TextDecoder>;
	try {
		decoder = new TextDecoder("euc-kr");
	} catch {
		return signs;
	}
	const rest = new Set(Array.from({ length: 11_172 }, (_, i) => String.fromCharCode(0xac00 + i)));
	for (let lead = 0xa1; lead <= 0xfe; lead++) {
		for (let trail = 0xa1; trail <= 0xfe; trail++) {
			const sign = decoder.decode(Uint8Array.of(lead, trail));
			if (sign.length !== 1 || sign === "\ufffd") continue;
			signs.set(lead * 256 + trail, sign);
			rest.delete(sign);
		}
	}
	signs.set(0xa2e6, "€").set(0xa2e7, "®");
	const others = rest.values();
	for (let lead = 0x81; lead <= 0xc6; lead++) {
		for (let trail = 0x41; trail <= (lead <= 0xa0 ? 0xfe : 0xa0); trail++) {
			if ((trail > 0x5a && trail < 0x61) || (trail > 0x7a && trail < 0x81)) continue;
			const { value } = others.next();
			if (value !== undefined) signs.set(lead * 256 + trail, value);
		}
	}
	return signs;
}
