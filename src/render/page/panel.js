/* The panel: the bytes of a packet, and what they mean. */
const panel = $("panel");
let touch = () => {}; /* lights bytes [off, off + len) */

function bytesOf(p) {
	const raw = atob(p.x);
	return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}
/* Which layer each byte belongs to: place in p.L, -1 payload, -2 neither. */
function ownersOf(p, n) {
	const owner = new Int8Array(n).fill(-2);
	if (p.P)
		owner.fill(-1, p.P[0], p.P[0] + p.P[1]);
	p.L.forEach((l, i) => owner.fill(i, l[3], l[3] + l[4]));
	return owner;
}
function fieldAt(p, i, off) {
	let best = null;
	for (const f of i >= 0 ? p.L[i][7] : [])
		if (f[3] && off >= f[2] && off < f[2] + f[3] && (!best || f[3] <= best[3]))
			best = f;
	return best;
}
function dump(p, where) {
	const bytes = bytesOf(p), owner = ownersOf(p, bytes.length);
	const box = make("div", { class: "dump", tabindex: "0", role: "region", "aria-label": words.bytes });
	const per = panel.clientWidth && panel.clientWidth < 530 ? 8 : 16;
	const cells = [];
	const upper = p.o > 4 ? p.o : 0;
	for (let at = 0; at < bytes.length; at += per) {
		const hex = make("span", { class: "hex" }), asc = make("span", { class: "asc" });
		for (let i = at; i < at + per; i++) {
			if (i >= bytes.length) {
				hex.append(make("b", {}, "  "));
				continue;
			}
			const o = owner[i] >= 0 ? p.L[owner[i]][2] : owner[i] === -1 ? upper : 0;
			const h = make("b", { class: "o" + o }, bytes[i].toString(16).padStart(2, "0"));
			const a = make("b", { class: "o" + o }, bytes[i] >= 32 && bytes[i] < 127 ? String.fromCharCode(bytes[i]) : "·");
			h.at = a.at = i;
			cells.push([h, a]);
			hex.append(h);
			asc.append(a);
		}
		box.append(make("div", {}, make("span", { class: "off" }, at.toString(16).padStart(4, "0")), hex, asc));
	}
	function paint(off, len, how) {
		for (let i = 0; i < cells.length; i++)
			for (const c of cells[i])
				c.classList.toggle(how, i >= off && i < off + len);
	}
	touch = (off, len, text, how = "lit") => {
		paint(off, len, how);
		where.replaceChildren(...(len ? [make("b", {}, words.range(off, off + len - 1)), text ? "  " + text : ""] : [words.hint]));
		if (how === "lit" && len && cells[off])
			cells[off][0].scrollIntoView({ block: "nearest" });
	};
	function name(i) {
		const f = fieldAt(p, owner[i], i);
		if (f) {
			const [n, label] = data.names[f[0]];
			return [f[2], f[3], `${label || n} = ${f[1]}  (${n})`];
		}
		const l = owner[i] >= 0 ? p.L[owner[i]] : null;
		if (l)
			return [l[3], l[4], l[1]];
		return owner[i] === -1 ? [p.P[0], p.P[1], words.payload] : [i, 1, words.trailer];
	}
	box.addEventListener("mouseover", (e) => {
		if (e.target.at !== undefined)
			touch(...name(e.target.at), "over");
	});
	box.addEventListener("mouseleave", () => paint(0, 0, "over"));
	box.addEventListener("click", (e) => {
		if (e.target.at === undefined)
			return;
		const [off, len, text] = name(e.target.at);
		touch(off, len, text);
		const i = owner[e.target.at];
		mark(i >= 0 ? panel.querySelectorAll(".layer")[i] : null, off, len);
	});
	return box;
}
/* Shows in the list of fields what was picked among the bytes. */
function mark(layer, off, len) {
	for (const e of panel.querySelectorAll(".on"))
		e.classList.remove("on");
	if (!layer)
		return;
	layer.open = true;
	const row = [...layer.querySelectorAll("tr[data-off]")].filter((r) => +r.dataset.off === off && +r.dataset.len === len).pop();
	(row || layer).classList.add("on");
	(row || layer).scrollIntoView({ block: "nearest" });
}
function choose(e, off, len, text) {
	for (const o of panel.querySelectorAll(".on"))
		o.classList.remove("on");
	e.classList.add("on");
	touch(off, len, text);
}
function fieldRow(f) {
	const [name, label] = data.names[f[0]];
	const tr = make("tr", { tabindex: f[3] ? "0" : null, "data-off": f[2], "data-len": f[3] },
		make("td", {}, label || name, label ? make("code", {}, name) : null), make("td", {}, f[1]));
	if (f[3]) {
		const act = () => choose(tr, f[2], f[3], `${label || name} = ${f[1]}`);
		tr.addEventListener("click", act);
		tr.addEventListener("mouseenter", () => touch(f[2], f[3], `${label || name} = ${f[1]}`, "over"));
		tr.addEventListener("keydown", (e) => {
			if (e.key === "Enter" || e.key === " ") {
				act();
				e.preventDefault();
				e.stopPropagation();
			}
		});
	}
	return tr;
}
function layerBox(l, open) {
	const [name, tcpip] = data.osi[l[2]];
	const box = make("details", { class: "layer o" + l[2], open },
		make("summary", {}, make("b", {}, l[1]), make("span", {}, `${name} · ${tcpip}`),
			make("span", {}, `${words.range(l[3], l[3] + Math.max(l[4], 1) - 1)}`),
			l[6] ? make("span", {}, l[6]) : null),
		make("table", {}, make("tbody", {}, ...l[7].map(fieldRow))));
	const summary = box.firstChild;
	summary.addEventListener("click", () => choose(box, l[3], l[4], l[1]));
	summary.addEventListener("mouseenter", () => touch(l[3], l[4], `${l[1]}, ${words.header(l[4])}, ${words.body(l[5])}`, "over"));
	return box;
}
function panelNote(n) {
	const has = n[6] > 0;
	const e = make(has ? "button" : "div", { class: noteClass(n), type: has ? "button" : null }, ...noteParts(n, false));
	if (has) {
		e.addEventListener("click", () => choose(e, n[5], n[6], n[7]));
		e.addEventListener("mouseenter", () => touch(n[5], n[6], n[7], "over"));
	}
	if (!n[4])
		return e;
	const target = packets[n[4] - packets[0].n];
	return make("div", {}, e, target ? make("button", { class: "jump", type: "button", onclick: () => pick(target.at, true) }, `→ ${words.from} ${n[4]}`) : null);
}
/* Notes of one layer stand together under its names. */
function noteGroups(p) {
	const groups = [];
	for (const n of p.N) {
		if (!groups.length || groups[groups.length - 1].osi !== n[0]) {
			const [name, tcpip] = data.osi[n[0]];
			const box = make("div", { class: "group o" + n[0] }, make("h4", {}, name, make("span", {}, "TCP/IP: " + tcpip)));
			groups.push({ osi: n[0], box });
		}
		groups[groups.length - 1].box.append(panelNote(n));
	}
	return groups.map((g) => g.box);
}
function noteFields(p) {
	const fields = p.F.flat();
	if (!fields.length)
		return null;
	return make("details", { class: "layer o" + p.o }, make("summary", {}, make("b", {}, words.fields)),
		make("table", {}, make("tbody", {}, ...fields.map(fieldRow))));
}
function show(row) {
	const p = { ...row, ...details(row) };
	const where = make("div", { class: "where", "aria-live": "polite" }, words.hint);
	const place = list.indexOf(row);
	panel.hidden = false;
	document.querySelector("main").classList.add("open");
	const head = make("header", {},
		make("h2", { class: "o" + p.o }, make("span", {}, "#" + p.n), make("span", { class: "proto" }, p.p), make("span", { class: "info", title: p.i }, p.i)),
		make("nav", {},
			make("button", { type: "button", title: words.prev, "aria-label": words.prev, disabled: place <= 0, onclick: () => step(-1) }, "↑"),
			make("button", { type: "button", title: words.next, "aria-label": words.next, disabled: place >= list.length - 1, onclick: () => step(1) }, "↓"),
			make("button", { type: "button", title: words.close, "aria-label": words.close, onclick: close }, "×")),
		make("p", { class: "sub" }, make("span", {}, `${p.a} → ${p.b}`), make("span", {}, p.c === p.w ? words.long(p.w) : words.captured(p.c, p.w)),
			make("span", {}, p.u.replace("T", " ").replace("Z", " UTC")), p.s ? make("span", {}, `${words.client} ${p.s[0]}, ${words.server} ${p.s[1]}`) : null));
	const about = make("div", { class: "about" });
	const bytes = make("div", { class: "bytes" });
	panel.replaceChildren(head, bytes, about);
	bytes.append(dump(p, where), where);
	const got = bytesOf(p).length;
	if (got < p.c)
		about.append(make("p", { class: "rfc" }, words.cut(got)));
	if (p.N.length)
		about.append(make("h3", {}, words.notes), ...noteGroups(p));
	if (p.C)
		about.append(make("h3", {}, words.comment), make("p", { class: "words" }, p.C));
	about.append(make("h3", {}, words.layers), ...p.L.map((l, i) => layerBox(l, i === p.L.length - 1)));
	const more = noteFields(p);
	if (more)
		about.append(more);
}
function close() {
	panel.hidden = true;
	panel.replaceChildren();
	document.querySelector("main").classList.remove("open");
	resized();
	focusPicked();
}
function focusPicked() {
	const e = picked < 0 ? null : drawn.get(list.indexOf(packets[picked]));
	(e ? e.firstChild : ladder).focus({ preventScroll: true });
}
