/* The packets, as the lines of the page's data hold them: two for each packet, one at the end. */
const $ = (id) => document.getElementById(id);
const lines = $("data").textContent.trim().split("\n");
const data = JSON.parse(lines.pop());
const packets = [];
for (let i = 0; i < lines.length; i += 2) {
	const p = JSON.parse(lines[i]);
	p.at = i / 2;
	packets.push(p);
}
const marks = ["·", "✓", "!", "✗"];

/* What only the panel and the search need is read when they do. */
function details(p) {
	return JSON.parse(lines[p.at * 2 + 1]);
}

/* Makes an element: text is always text. */
function make(tag, props, ...children) {
	const e = document.createElement(tag);
	for (const [k, v] of Object.entries(props || {})) {
		if (v === undefined || v === null || v === false)
			continue;
		if (k === "class")
			e.className = v;
		else if (k.startsWith("on"))
			e.addEventListener(k.slice(2), v);
		else
			e.setAttribute(k, v === true ? "" : v);
	}
	for (const c of children)
		if (c !== null && c !== undefined && c !== false)
			e.append(c);
	return e;
}
const numbers = new Intl.NumberFormat(document.documentElement.lang);
const number = (n) => numbers.format(n);
function span(seconds) {
	if (seconds >= 1)
		return seconds.toFixed(seconds < 10 ? 2 : 1) + " " + words.unit[0];
	if (seconds >= 1e-3)
		return (seconds * 1e3).toPrecision(3) + " " + words.unit[1];
	return Math.round(seconds * 1e6) + " " + words.unit[2];
}

/* --- Flows --- */
const flows = new Map(); /* key -> { key, left, right, n, proto } */
const loose = new Map(); /* pair without a flow -> who spoke first */
(() => {
	/* Without a flow the left is where the first client is, as its link-layer address tells. */
	const client = packets.find((p) => p.k && p.d !== 1);
	const home = client && client.e;

	for (const p of packets) {
		if (!p.k) {
			const pair = [p.a, p.b].sort().join(" ");
			if (!loose.has(pair))
				loose.set(pair, p.a);
			p.back = home && p.e ? p.e !== home : loose.get(pair) !== p.a;
			continue;
		}
		p.back = p.d === 1;
		if (!flows.has(p.k))
			flows.set(p.k, { key: p.k, left: p.back ? p.b : p.a, right: p.back ? p.a : p.b, n: 0, proto: "", osi: 0, state: "" });
		const f = flows.get(p.k);
		f.n++;
		if (p.o > f.osi) {
			f.osi = p.o;
			f.proto = p.p;
		}
		const state = (p.s || []).join();
		p.changed = Boolean(state) && state !== f.state;
		f.state = state;
	}
})();

/* --- Filters --- */
const wanted = { flow: "", text: "", layers: new Set(), tones: new Set() };

function words_of(p) {
	if (!p.hay)
		p.hay = ["#" + p.n, p.p, p.i, p.a, p.b, p.C || "", ...(p.s || []), ...p.N.map((n) => n[7] + " " + n[2] + " " + n[3])].join("\n").toLowerCase();
	return p.hay;
}
/* The payload as text: its part of the line is found without reading the rest. */
function payload_of(p) {
	const line = lines[p.at * 2 + 1], place = line.lastIndexOf(',"P":['), x = line.lastIndexOf('"x":"');
	if (place < 0 || x < 0)
		return "";
	const off = parseInt(line.slice(place + 6), 10);
	return atob(line.slice(x + 5, line.length - 2)).slice(off).toLowerCase();
}
function matches(p) {
	return (!wanted.flow || (wanted.flow === "none" ? !p.k : p.k === wanted.flow)) &&
		(!wanted.layers.size || wanted.layers.has(p.o) || p.N.some((n) => wanted.layers.has(n[0]))) &&
		(!wanted.tones.size || p.N.some((n) => wanted.tones.has(n[1]))) &&
		(!wanted.text || words_of(p).includes(wanted.text) || (wanted.text.length > 2 && payload_of(p).includes(wanted.text)));
}
const filtered = () => Boolean(wanted.flow || wanted.text || wanted.layers.size || wanted.tones.size);
