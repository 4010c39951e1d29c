/* The ladder.  Only the rows in sight, and some around them, are elements; the others are counted with the height
 * they had when they were in sight, or else with one guessed from what they say. */
const ladder = $("ladder"), rows = $("rows");
const MARGIN = 700; /* pixels drawn above and below what is in sight */
let list = packets;                               /* those that pass the filters */
let tops = new Float64Array(1);                   /* where each begins, and the end of the last */
const heights = new Float64Array(packets.length); /* measured, by place in packets; 0: not yet */
const drawn = new Map();                          /* place in list -> its element */
let picked = -1;                                  /* place in packets */
let headed = false;                               /* one flow only: its ends stand at the head */
let whole = false;                                /* all rows are drawn, for printing */

function noteParts(n, chip) {
	const [name, tcpip] = data.osi[n[0]];
	return [
		chip ? make("span", { class: "chip", title: `${name} · TCP/IP: ${tcpip}` }, name.slice(0, 2)) : null,
		make("span", { class: "tone", "aria-hidden": "true" }, marks[n[1]]),
		make("span", { class: "words" }, n[2], n[3] ? " " : null, n[3] ? make("span", { class: "rfc" }, n[3]) : null),
	];
}
const noteClass = (n) => "note o" + n[0] + " t" + n[1];

/* With a filter by layer or tone the other notes of a packet step back. */
function notesOf(p) {
	return p.N.filter((n) => (!wanted.layers.size || wanted.layers.has(n[0])) && (!wanted.tones.size || wanted.tones.has(n[1])));
}
function samePair(p, q) {
	return p && p.k === q.k && (p.a === q.a && p.b === q.b || p.a === q.b && p.b === q.a);
}
const LOST = 2; /* of two captures: it left one place and did not come to the other */
function rowOf(i) {
	const p = list[i], left = p.back ? p.b : p.a, right = p.back ? p.a : p.b;
	const newEnds = !headed && !samePair(list[i - 1], p);
	const label = `#${p.n}, ${span(p.t)}, ${p.a} ${words.to} ${p.b}, ${p.p} ${p.i}`;
	const hop = make("button", { class: "hop" + (p.back ? " back" : "") + (p.v && p.v[0] === LOST ? " lost" : ""), type: "button", tabindex: "-1", "aria-label": label, "data-at": p.at },
		make("span", { class: "no" }, String(p.n)),
		make("span", { class: "at" }, p.t.toFixed(6), p.v && p.v.length > 1 ? make("span", { class: "there" }, p.v[1].toFixed(6)) : null),
		make("span", { class: "state left" }, p.changed ? make("i", {}, p.s[0]) : null),
		make("span", { class: "lane" },
			newEnds ? make("span", { class: "ends" }, make("span", {}, left), make("span", { class: "key" }, p.k), make("span", {}, right)) : null,
			make("span", { class: "says" },
				make("span", { class: "proto" }, p.p),
				make("span", { class: "info", title: p.i }, p.i),
				make("span", { class: "size" }, p.w + " B")),
			make("span", { class: "arrow" }),
			p.changed ? make("span", { class: "states" }, make("span", {}, p.s[0]), make("span", {}, p.s[1])) : null),
		make("span", { class: "state right" }, p.changed ? make("i", {}, p.s[1]) : null));
	const notes = notesOf(p);
	return make("li", { class: "packet o" + p.o + (p.at === picked ? " picked" : ""), "aria-posinset": i + 1, "aria-setsize": list.length }, hop,
		notes.length ? make("div", { class: "notes" }, make("div", {}, ...notes.map((n) => make("div", { class: noteClass(n) }, ...noteParts(n, true))))) : null);
}

/* --- Where they stand --- */
let columns = 90; /* letters in a line of a note, about */

function guess(p) {
	let h = 42;
	const notes = notesOf(p);
	for (const n of notes)
		h += 4 + 19 * Math.ceil((n[2].length + n[3].length + 1) / columns);
	return h + (notes.length ? 16 : 0);
}
function place() {
	if (tops.length !== list.length + 1)
		tops = new Float64Array(list.length + 1);
	for (let i = 0; i < list.length; i++)
		tops[i + 1] = tops[i] + (heights[list[i].at] || guess(list[i]));
}
/* The row at this height of the list. */
function rowAt(y) {
	let a = 0, b = list.length - 1;
	while (a < b) {
		const m = (a + b + 1) >> 1;
		if (tops[m] <= y)
			a = m;
		else
			b = m - 1;
	}
	return a;
}
const inSight = () => [ladder.scrollTop - rows.offsetTop + $("heads").offsetHeight, ladder.scrollTop - rows.offsetTop + ladder.clientHeight];

/* Draws rows a to b, keeping those that are there. */
function fill(a, b) {
	const focused = rows.contains(document.activeElement);
	for (const [i, e] of drawn)
		if (i < a || i >= b) {
			e.remove();
			drawn.delete(i);
		}
	let behind = rows.firstChild;
	for (let i = a; i < b; i++) {
		const e = drawn.get(i);
		if (e) {
			behind = e.nextSibling;
			continue;
		}
		const made = rowOf(i);
		rows.insertBefore(made, behind);
		drawn.set(i, made);
	}
	if (focused && !rows.contains(document.activeElement))
		ladder.focus({ preventScroll: true });
	rows.style.paddingTop = tops[a] + "px";
	rows.style.paddingBottom = tops[list.length] - tops[b] + "px";
}
/* Takes the heights of what is drawn; true when one is another than was thought. */
function measure() {
	let changed = false;
	for (const [i, e] of drawn) {
		const h = e.getBoundingClientRect().height, at = list[i].at;
		if (Math.abs(heights[at] - h) > 0.01) {
			heights[at] = h;
			changed = true;
		}
	}
	return changed;
}
function render() {
	if (!list.length)
		return;
	for (let again = 0; again < 4; again++) {
		const [top, bottom] = inSight(), anchor = rowAt(top);
		const a = whole ? 0 : rowAt(top - MARGIN), b = whole ? list.length : rowAt(bottom + MARGIN) + 1;
		fill(a, b);
		if (!measure())
			break;
		const before = tops[anchor];
		place();
		rows.style.paddingTop = tops[a] + "px";
		rows.style.paddingBottom = tops[list.length] - tops[b] + "px";
		if (Math.abs(tops[anchor] - before) > 0.5 && ladder.scrollTop > 0)
			ladder.scrollTop += tops[anchor] - before; /* what is read stays where it is */
	}
	rove();
}
/* One row is reached with the tabulator: the picked one, or the first in sight. */
function rove() {
	const place = picked < 0 ? -1 : list.indexOf(packets[picked]);
	const first = drawn.has(place) ? place : rowAt(inSight()[0] + 1);
	for (const [i, e] of drawn)
		e.firstChild.tabIndex = i === first ? 0 : -1;
}
let due = false;
function renderSoon() {
	if (due)
		return;
	due = true;
	requestAnimationFrame(() => {
		due = false;
		render();
	});
}
/* All rows anew: the list, or what is shown of each, is another. */
function redraw() {
	drawn.clear();
	rows.replaceChildren();
	rows.style.paddingTop = rows.style.paddingBottom = "0px";
	heights.fill(0);
	place();
	if (!list.length)
		rows.append(make("li", { class: "nothing" }, words.nothing));
	render();
}
/* Brings row i into sight: at the nearest edge, or into the middle. */
function reveal(i, middle) {
	for (let again = 0; again < 3; again++) { /* heights on the way may have been guesses */
		const [top, bottom] = inSight(), room = bottom - top;
		let to = top;
		if (middle && (tops[i + 1] < top || tops[i] > bottom))
			to = tops[i] - room / 3;
		else if (tops[i] < top + 8)
			to = tops[i] - 8;
		else if (tops[i + 1] > bottom - 8)
			to = Math.min(tops[i] - 8, tops[i + 1] - room + 8);
		if (to === top)
			break;
		ladder.scrollTop += to - top;
		render();
	}
}
function heads() {
	const f = flows.get(wanted.flow) || (flows.size === 1 && loose.size === 0 ? flows.values().next().value : null);
	headed = Boolean(f);
	for (const [id, name, end] of [["head-left", words.client, f && f.left], ["head-right", words.server, f && f.right]])
		$(id).replaceChildren(make("b", {}, name), end ? make("span", {}, end) : "");
}
/* Applies the filters.  The picked packet, or what was in sight, stays in sight when it passes. */
function filter() {
	const seen = list.length ? list[rowAt(inSight()[0])] : packets[0];
	const keep = picked >= 0 ? packets[picked] : seen;
	list = packets.filter(matches);
	heads();
	ladder.scrollTop = 0;
	redraw();
	const at = keep ? list.findIndex((p) => p.at >= keep.at) : -1;
	if (at > 0)
		reveal(at, true);
	$("shown").textContent = words.shown(number(list.length), number(packets.length));
	$("clear").hidden = !filtered();
}
/* The lane may be another width: all heights are guesses again, and what is picked, or read, stays where it is. */
let width = 0;
function resized() {
	if (ladder.clientWidth === width)
		return;
	width = ladder.clientWidth;
	const [top, bottom] = inSight(), spot = picked < 0 ? -1 : list.indexOf(packets[picked]);
	const held = spot >= 0 && tops[spot] < bottom && tops[spot + 1] > top ? spot : rowAt(top);
	const from = tops[held] - top;
	const lane = rows.querySelector(".notes > div, .lane");
	columns = Math.max(20, Math.floor(((lane || rows).clientWidth - 90) / 6.6));
	heights.fill(0);
	place();
	render();
	ladder.scrollTop += tops[held] - inSight()[0] - from;
	render();
}
new ResizeObserver(() => {
	resized();
	renderSoon();
}).observe(ladder);
ladder.addEventListener("scroll", renderSoon, { passive: true });
addEventListener("beforeprint", () => {
	whole = true;
	render();
});
addEventListener("afterprint", () => {
	whole = false;
	render();
});
