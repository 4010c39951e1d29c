"use strict";
(() => {
	const data = JSON.parse(document.getElementById("data").textContent);
	const packets = data.packets;
	const $ = (id) => document.getElementById(id);
	const words = {
		en: {
			skip: "To the packets", search: "Search", placeholder: "Search names, addresses, words",
			flow: "Flow", all: "All flows", none: "Without a flow (ARP, ICMP …)", ladder: "Packets", panel: "Bytes and fields",
			keys: [["j", "k", "move"], ["Enter", "bytes and fields"], ["/", "search"], ["Esc", "close"]], theme: { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" },
			client: "Client", server: "Server", worth: "Worth a look", worthHint: "Only packets with a warning",
			layerHint: (n) => "Only packets with something at " + n,
			shown: (a, b) => a === b ? b + " packets" : a + " of " + b + " packets",
			packets: "packets", bytes: "bytes", connections: ["TCP connection", "TCP connections"], requests: ["HTTP request", "HTTP requests"],
			tls: (d, n) => d + " of " + n + " TLS sessions decrypted", nothing: "No packet matches.", end: "About the capture as a whole",
			leftOut: (n) => n + " more packets are not drawn: the page would grow too large.", damage: "The input ended early: ",
			notes: "What it means", layers: "Layers", captured: (c, w) => c + " of " + w + " bytes captured", long: (w) => w + " bytes",
			cut: (n) => "Only the first " + n + " bytes are in this page.", range: (a, b) => a === b ? "byte " + a : "bytes " + a + "–" + b,
			payload: "Payload", trailer: "Behind the last header", next: "Next packet", prev: "Previous packet", close: "Close",
			hint: "Point at a byte, a field or a layer.", header: (n) => "header " + n, body: (n) => "body " + n, to: "to", from: "packet",
			fields: "Fields of the notes", comment: "Comment in the file", unit: ["s", "ms", "µs"], sends: "sends", everyone: "everyone",
		},
		ko: {
			skip: "패킷으로", search: "검색", placeholder: "이름, 주소, 낱말 검색",
			flow: "흐름", all: "모든 흐름", none: "흐름 없음(ARP, ICMP …)", ladder: "패킷", panel: "바이트와 필드",
			keys: [["j", "k", "이동"], ["Enter", "바이트와 필드"], ["/", "검색"], ["Esc", "닫기"]], theme: { auto: "테마: 시스템", light: "테마: 밝게", dark: "테마: 어둡게" },
			client: "클라이언트", server: "서버", worth: "눈여겨볼 것", worthHint: "경고가 있는 패킷만",
			layerHint: (n) => n + "에 내용이 있는 패킷만",
			shown: (a, b) => a === b ? "패킷 " + b + "개" : "패킷 " + b + "개 중 " + a + "개",
			packets: "패킷", bytes: "바이트", connections: ["TCP 연결", "TCP 연결"], requests: ["HTTP 요청", "HTTP 요청"],
			tls: (d, n) => "TLS 세션 " + n + "개 중 " + d + "개 복호화", nothing: "맞는 패킷이 없습니다.", end: "캡처 전체에 대하여",
			leftOut: (n) => "패킷 " + n + "개는 페이지가 너무 커져 그리지 않았습니다.", damage: "입력이 일찍 끝났습니다: ",
			notes: "뜻", layers: "계층", captured: (c, w) => w + "바이트 중 " + c + "바이트 캡처", long: (w) => w + "바이트",
			cut: (n) => "이 페이지에는 처음 " + n + "바이트만 있습니다.", range: (a, b) => a === b ? a + "바이트째" : a + "–" + b + "바이트째",
			payload: "데이터", trailer: "마지막 헤더 뒤", next: "다음 패킷", prev: "이전 패킷", close: "닫기",
			hint: "바이트, 필드, 계층을 가리켜 보세요.", header: (n) => "헤더 " + n, body: (n) => "본문 " + n, to: "→", from: "패킷",
			fields: "노트의 필드", comment: "파일의 주석", unit: ["초", "ms", "µs"], sends: "보냄", everyone: "모두",
		},
	}[data.lang];
	const marks = ["·", "✓", "!", "✗"];

	/* --- Making elements: text is always text --- */
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
	const number = (n) => n.toLocaleString(data.lang);
	function span(seconds) {
		if (seconds >= 1)
			return seconds.toFixed(seconds < 10 ? 2 : 1) + " " + words.unit[0];
		if (seconds >= 1e-3)
			return (seconds * 1e3).toPrecision(3) + " " + words.unit[1];
		return Math.round(seconds * 1e6) + " " + words.unit[2];
	}

	/* --- What the packets are grouped by --- */
	const flows = new Map(); /* key -> { key, left, right, n, proto } */
	const seen = new Map();  /* pair without a flow -> who spoke first */
	/* Without a flow the left is where the first client is, as its link-layer address tells. */
	const linkSource = (p) => {
		const eth = (p.L || []).find((l) => l[0] === "eth");
		const from = eth && eth[7].find((f) => f[2] === eth[3] + 6);
		return from && from[1];
	};
	const firstOfClient = packets.find((p) => p.k && p.d !== 1);
	const home = firstOfClient && linkSource(firstOfClient);
	for (const [i, p] of packets.entries()) {
		p.at = i;
		if (p.k) {
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
			p.changed = state && state !== f.state;
			f.state = state;
		} else {
			const pair = [p.a, p.b].sort().join(" ");
			if (!seen.has(pair))
				seen.set(pair, p.a);
			p.back = home && linkSource(p) ? linkSource(p) !== home : seen.get(pair) !== p.a;
		}
	}
	function hay(p) {
		if (!p.hay)
			p.hay = ["#" + p.n, p.p, p.i, p.a, p.b, p.C || "", ...(p.s || []), ...p.N.map((n) => n[7] + " " + n[2] + " " + n[3])].join("\n").toLowerCase();
		return p.hay;
	}

	/* --- Notes --- */
	function noteParts(n, chip) {
		const [name, tcpip] = data.osi[n[0]];
		return [
			chip ? make("span", { class: "chip", title: `${name} · TCP/IP: ${tcpip}` }, name.slice(0, 2)) : null,
			make("span", { class: "tone", "aria-hidden": "true" }, marks[n[1]]),
			make("span", { class: "words" }, n[2], n[3] ? " " : null, n[3] ? make("span", { class: "rfc" }, n[3]) : null),
		];
	}
	const noteClass = (n) => "note o" + n[0] + " t" + n[1];

	/* --- Rows --- */
	const rows = $("rows");
	let list = packets;   /* those that pass the filters */
	let drawn = 0;        /* how many of them have a row */
	let job = 0;          /* the present run of drawing */
	let picked = -1;      /* place in packets */
	let layersOn = new Set(), worth = false;
	let headed = false;   /* one flow only: its ends stand at the head */

	function rowOf(p, before) {
		const newEnds = !headed && (!before || before.k !== p.k || before.a + before.b !== p.a + p.b && before.a + before.b !== p.b + p.a);
		const left = p.back ? p.b : p.a, right = p.back ? p.a : p.b;
		const label = `#${p.n}, ${span(p.t)}, ${p.a} ${words.to} ${p.b}, ${p.p} ${p.i}`;
		const hop = make("button", { class: "hop" + (p.back ? " back" : ""), type: "button", "aria-label": label },
			make("span", { class: "no" }, String(p.n)),
			make("span", { class: "at" }, p.t.toFixed(6)),
			make("span", { class: "state left" }, p.changed ? make("i", {}, p.s[0]) : null),
			make("span", { class: "lane" },
				make("span", { class: "says" },
					make("span", { class: "proto" }, p.p),
					make("span", { class: "info", title: p.i }, p.i),
					make("span", { class: "size" }, p.w + " B")),
				make("span", { class: "arrow" }),
				p.changed ? make("span", { class: "states" }, make("span", {}, p.s[0]), make("span", {}, p.s[1])) : null,
				newEnds ? make("span", { class: "ends" }, make("span", {}, left), make("span", {}, right)) : null),
			make("span", { class: "state right" }, p.changed ? make("i", {}, p.s[1]) : null));
		const notes = layersOn.size ? p.N.filter((n) => layersOn.has(n[0])) : p.N;
		const li = make("li", { class: "packet o" + p.o + (p.at === picked ? " picked" : "") }, hop);
		if (notes.length) {
			/* A click on a note opens the row too, unless it ends a selection of text. */
			const open = () => String(getSelection()) ? 0 : pick(p.at, true);
			li.append(make("div", { class: "notes", onclick: open }, make("div", {}, ...notes.map((n) => make("div", { class: noteClass(n) }, ...noteParts(n, true))))));
		}
		hop.addEventListener("click", () => picked === p.at && !$("panel").hidden ? close() : pick(p.at, true));
		p.row = li;
		return li;
	}
	function drawTo(end) {
		const some = document.createDocumentFragment();
		for (; drawn < end && drawn < list.length; drawn++)
			some.append(rowOf(list[drawn], list[drawn - 1]));
		rows.append(some);
	}
	/* The rest is drawn when there is time, so that the first rows are there at once. */
	function drawRest(mine) {
		if (mine !== job || drawn >= list.length)
			return;
		drawTo(drawn + 250);
		(window.requestIdleCallback || ((f) => setTimeout(f, 16)))(() => drawRest(mine));
	}
	function draw() {
		rows.replaceChildren();
		drawn = 0;
		job++;
		drawTo(120);
		if (!list.length)
			rows.append(make("li", { class: "nothing" }, words.nothing));
		drawRest(job);
		$("shown").textContent = words.shown(number(list.length), number(packets.length));
	}
	function filter() {
		const flow = $("flow").value, text = $("find").value.trim().toLowerCase();
		list = packets.filter((p) =>
			(!flow || (flow === "none" ? !p.k : p.k === flow)) &&
			(!layersOn.size || layersOn.has(p.o) || p.N.some((n) => layersOn.has(n[0]))) &&
			(!worth || p.N.some((n) => n[1] > 1)) &&
			(!text || hay(p).includes(text)));
		heads(flow);
		draw();
	}
	function heads(flow) {
		const f = flows.get(flow) || (flows.size === 1 && seen.size === 0 ? flows.values().next().value : null);
		headed = Boolean(f);
		for (const [id, name, end] of [["head-left", words.client, f && f.left], ["head-right", words.server, f && f.right]])
			$(id).replaceChildren(make("b", {}, name), end ? make("span", {}, end) : "");
	}

	/* --- The panel --- */
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
		const target = packets.find((q) => q.n === n[4]);
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
		const fields = p.N.flatMap((n) => n[8]);
		if (!fields.length)
			return null;
		return make("details", { class: "layer o" + p.o }, make("summary", {}, make("b", {}, words.fields)),
			make("table", {}, make("tbody", {}, ...fields.map(fieldRow))));
	}
	function step(by) {
		const here = picked < 0 ? -1 : list.indexOf(packets[picked]);
		const to = here < 0 ? 0 : Math.min(Math.max(here + by, 0), list.length - 1);
		if (list[to])
			pick(list[to].at, !panel.hidden, true);
	}
	function show(p) {
		const where = make("div", { class: "where", "aria-live": "polite" }, words.hint);
		const place = list.indexOf(p);
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
		const p = packets[picked];
		if (p && p.row && p.row.isConnected)
			p.row.firstChild.focus();
	}
	function pick(at, open, quiet) {
		const p = packets[at];
		if (!list.includes(p)) { /* a filter hides it: it goes */
			reset();
			filter();
		}
		if (picked >= 0 && packets[picked].row)
			packets[picked].row.classList.remove("picked");
		picked = at;
		drawTo(list.indexOf(p) + 1);
		p.row.classList.add("picked");
		if (open)
			show(p);
		p.row.firstChild.focus({ preventScroll: true });
		p.row.scrollIntoView({ block: quiet || open ? "nearest" : "center" });
	}

	/* --- Controls --- */
	function reset() {
		$("find").value = "";
		$("flow").value = "";
		layersOn.clear();
		worth = false;
		for (const b of document.querySelectorAll(".toggle"))
			b.setAttribute("aria-pressed", "false");
	}
	function toggle(text, hint, cls, change) {
		const b = make("button", { class: "toggle " + cls, type: "button", "aria-pressed": "false", title: hint }, text);
		b.addEventListener("click", () => {
			const on = b.getAttribute("aria-pressed") !== "true";
			b.setAttribute("aria-pressed", String(on));
			change(on);
			filter();
		});
		return b;
	}
	function controls() {
		const used = new Set(packets.flatMap((p) => [p.o, ...p.N.map((n) => n[0])]));
		for (let o = 2; o < 8; o++)
			if (used.has(o))
				$("layers").append(toggle(data.osi[o][0].slice(0, 2), words.layerHint(data.osi[o][0]), "o" + o,
					(on) => on ? layersOn.add(o) : layersOn.delete(o)));
		if (packets.some((p) => p.N.some((n) => n[1] > 1)))
			$("layers").append(toggle(words.worth, words.worthHint, "o2", (on) => worth = on));
		const flow = $("flow");
		flow.append(make("option", { value: "" }, words.all));
		for (const f of flows.values())
			flow.append(make("option", { value: f.key }, `${f.key}  ${f.left} ⇄ ${f.right}  ${f.proto}  (${number(f.n)})`));
		if (seen.size && flows.size)
			flow.append(make("option", { value: "none" }, words.none));
		flow.parentNode.hidden = flow.options.length < 3;
		flow.addEventListener("change", filter);
		let wait = 0;
		$("find").placeholder = words.placeholder;
		$("find").addEventListener("input", () => {
			clearTimeout(wait);
			wait = setTimeout(filter, 120);
		});
	}
	const root = document.documentElement;
	function theme(name) {
		if (name === "auto")
			delete root.dataset.theme;
		else
			root.dataset.theme = name;
		$("theme").textContent = words.theme[name];
		$("theme").dataset.now = name;
		try {
			localStorage.setItem("osilab-theme", name);
		} catch { /* not allowed here: then for this visit only */ }
	}
	function keys(e) {
		const field = e.target.matches("input, select");
		if (e.ctrlKey || e.metaKey || e.altKey)
			return;
		if (e.key === "Escape") {
			if (field) {
				if (e.target.id === "find" && e.target.value) {
					e.target.value = "";
					filter();
				}
				e.target.blur();
			} else if (!panel.hidden) {
				close();
			}
		} else if (field) {
			if (e.key === "Enter" && e.target.id === "find" && list.length) {
				filter();
				pick(list[0] ? list[0].at : picked, false);
			}
		} else if (e.key === "/") {
			e.preventDefault();
			$("find").focus();
			$("find").select();
		} else if (e.key === "j" || (e.key === "ArrowDown" && !panel.contains(e.target))) {
			e.preventDefault();
			step(1);
		} else if (e.key === "k" || (e.key === "ArrowUp" && !panel.contains(e.target))) {
			e.preventDefault();
			step(-1);
		}
	}
	function facts() {
		const s = data.stats;
		const item = (n, unit) => make("span", {}, make("b", {}, number(n)), " " + unit);
		const plural = (n, unit) => item(n, unit[n === 1 ? 0 : 1]);
		$("facts").append(item(s.packets, words.packets), item(s.bytes, words.bytes), make("span", {}, make("b", {}, span(s.duration))));
		if (s.tcp_streams)
			$("facts").append(plural(s.tcp_streams, words.connections));
		if (s.http_requests)
			$("facts").append(plural(s.http_requests, words.requests));
		if (s.tls_sessions)
			$("facts").append(make("span", {}, words.tls(number(s.tls_decrypted), number(s.tls_sessions))));
	}
	function tail() {
		const end = $("end");
		const lines = data.N.map((n) => make("div", { class: noteClass(n) }, ...noteParts(n, true)));
		if (data.left_out)
			lines.push(make("p", { class: "words" }, words.leftOut(number(data.left_out))));
		if (data.damage)
			lines.push(make("p", { class: "words" }, words.damage + data.damage));
		if (lines.length)
			end.append(make("h2", {}, words.end), ...lines);
	}

	for (const e of document.querySelectorAll("[data-t]"))
		e.textContent = words[e.dataset.t];
	for (const line of words.keys)
		$("keys").append(make("span", {}, ...line.slice(0, -1).map((k) => make("kbd", {}, k)), line[line.length - 1]));
	for (const e of document.querySelectorAll("[data-label]"))
		e.setAttribute("aria-label", words[e.dataset.label]);
	let start = "auto";
	try {
		start = localStorage.getItem("osilab-theme") || "auto";
	} catch { /* as above */ }
	theme(words.theme[start] ? start : "auto");
	$("theme").addEventListener("click", () => theme({ auto: "light", light: "dark", dark: "auto" }[$("theme").dataset.now]));
	addEventListener("keydown", keys);
	addEventListener("beforeprint", () => drawTo(list.length));
	facts();
	controls();
	tail();
	filter();
})();
