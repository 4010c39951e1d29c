/* The controls: choosing a packet, filters, keys, the theme. */
function pick(at, open, middle) {
	const p = packets[at];
	let i = list.indexOf(p);
	if (i < 0) { /* a filter hides it: it goes */
		clearFilters();
		i = list.indexOf(p);
	}
	for (const e of rows.querySelectorAll(".picked"))
		e.classList.remove("picked");
	picked = at;
	if (open) {
		show(p);
		resized();
	}
	reveal(i, middle);
	const e = drawn.get(i);
	if (e) {
		e.classList.add("picked");
		rove();
		e.firstChild.focus({ preventScroll: true });
	}
}
/* The place in the list to go on from. */
function here() {
	const i = picked < 0 ? -1 : list.indexOf(packets[picked]);
	return i < 0 ? rowAt(inSight()[0]) - 1 : i;
}
function goTo(i) {
	const to = Math.min(Math.max(i, 0), list.length - 1);
	if (list[to])
		pick(list[to].at, !panel.hidden);
}
const step = (by) => goTo(here() + by);
function screen(by) {
	const [top, bottom] = inSight(), i = here() < 0 ? 0 : here();
	const to = rowAt(tops[i] + by * (bottom - top - 60));
	goTo(to === i ? i + by : to);
}
function nextToLookAt(by) {
	for (let i = here() + by; i >= 0 && i < list.length; i += by)
		if (list[i].N.some((n) => n[1] > 1))
			return goTo(i);
}
function open() {
	if (picked >= 0 && !panel.hidden)
		close();
	else if (list.length)
		pick(picked >= 0 && list.includes(packets[picked]) ? picked : list[Math.max(here(), 0)].at, true);
}
rows.addEventListener("click", (e) => {
	const row = e.target.closest(".packet");
	if (!row || String(getSelection()))
		return; /* it ends a selection of text */
	const at = Number(row.firstChild.dataset.at);
	if (picked === at && !panel.hidden && e.target.closest(".hop"))
		close();
	else
		pick(at, true);
});

/* --- Filters --- */
function clearFilters() {
	$("find").value = wanted.text = "";
	$("flow").value = wanted.flow = "";
	wanted.layers.clear();
	wanted.tones.clear();
	for (const b of document.querySelectorAll(".toggle"))
		b.setAttribute("aria-pressed", "false");
	filter();
}
function onlyFlow() {
	const p = packets[picked >= 0 ? picked : list.length ? list[Math.max(here(), 0)].at : 0];
	if (!p)
		return;
	picked = p.at;
	wanted.flow = $("flow").value = wanted.flow ? "" : p.k || "none";
	filter();
	focusPicked();
}
function toggle(text, hint, cls, set, value) {
	const b = make("button", { class: "toggle " + cls, type: "button", "aria-pressed": "false", title: hint, "aria-label": hint }, text);
	b.addEventListener("click", () => {
		const on = b.getAttribute("aria-pressed") !== "true";
		b.setAttribute("aria-pressed", String(on));
		if (on)
			set.add(value);
		else
			set.delete(value);
		filter();
	});
	return b;
}
function controls() {
	const layers = new Set(), tones = new Set();
	for (const p of packets) {
		layers.add(p.o);
		for (const n of p.N) {
			layers.add(n[0]);
			tones.add(n[1]);
		}
	}
	for (let o = 1; o < 8; o++)
		if (layers.has(o))
			$("layers").append(toggle(data.osi[o][0].slice(0, 2), words.layerHint(data.osi[o][0]), "o" + o, wanted.layers, o));
	for (let t = 1; t < 4; t++)
		if (tones.has(t))
			$("tones").append(toggle(marks[t], words.toneHint[t], "tone" + t, wanted.tones, t));
	const flow = $("flow");
	flow.append(make("option", { value: "" }, words.all));
	for (const f of flows.values())
		flow.append(make("option", { value: f.key }, `${f.key}  ${f.left} ⇄ ${f.right}  ${f.proto}  (${number(f.n)})`));
	if (loose.size && flows.size)
		flow.append(make("option", { value: "none" }, words.none));
	flow.parentNode.hidden = flow.options.length < 3;
	flow.addEventListener("change", () => {
		wanted.flow = flow.value;
		filter();
	});
	let wait = 0;
	$("find").placeholder = words.placeholder;
	$("find").addEventListener("input", () => {
		clearTimeout(wait);
		wait = setTimeout(search, 120);
	});
	$("clear").textContent = words.clear;
	$("clear").addEventListener("click", clearFilters);
}
function search() {
	wanted.text = $("find").value.trim().toLowerCase();
	filter();
}

/* --- Theme and help --- */
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
const nextTheme = () => theme({ auto: "light", light: "dark", dark: "auto" }[$("theme").dataset.now]);
function rememberedTheme() {
	try {
		const name = localStorage.getItem("osilab-theme");
		return Object.hasOwn(words.theme, name) ? name : "auto";
	} catch {
		return "auto";
	}
}
const help = $("help");
function fillHelp() {
	const line = (k) => make("div", {}, make("dt", {}, ...k.slice(0, -1).map((c) => make("kbd", {}, c))), make("dd", {}, k[k.length - 1]));
	help.append(make("h2", {}, words.help), make("dl", {}, ...words.allKeys.map(line)), make("p", {}, words.printNote),
		make("form", { method: "dialog" }, make("button", { class: "quiet" }, words.close)));
	help.addEventListener("click", (e) => e.target === help ? help.close() : 0);
	$("help-open").setAttribute("aria-label", words.help);
	$("help-open").addEventListener("click", () => help.showModal());
	for (const k of words.keys)
		$("keys").append(make("span", {}, ...k.slice(0, -1).map((c) => make("kbd", {}, c)), k[k.length - 1]));
}

/* --- Keys --- */
const keymap = {
	"/": () => {
		$("find").focus();
		$("find").select();
	},
	"?": () => help.showModal(),
	j: () => step(1), k: () => step(-1),
	g: () => goTo(0), G: () => goTo(list.length - 1),
	n: () => nextToLookAt(1), N: () => nextToLookAt(-1),
	f: onlyFlow, t: nextTheme,
};
/* Those that have a meaning of their own within the panel and on controls. */
const arrows = {
	ArrowDown: () => step(1), ArrowUp: () => step(-1),
	PageDown: () => screen(1), PageUp: () => screen(-1),
	Home: () => goTo(0), End: () => goTo(list.length - 1),
	Enter: open,
};
function escape(field) {
	if (field && field.id === "find" && field.value) {
		field.value = "";
		search();
	} else if (field) {
		field.blur();
	} else if (!panel.hidden) {
		close();
	} else if (filtered()) {
		clearFilters();
	}
}
addEventListener("keydown", (e) => {
	const field = e.target.matches("input, select") ? e.target : null;
	const at = rows.contains(e.target) || e.target === ladder || e.target === document.body;
	if (e.ctrlKey || e.metaKey || e.altKey || help.open)
		return;
	if (e.key === "Escape") {
		escape(field);
	} else if (field) {
		if (e.key !== "Enter" || field.id !== "find")
			return;
		search();
		if (list.length)
			pick(list[0].at, false, true);
	} else if (Object.hasOwn(keymap, e.key)) {
		keymap[e.key]();
	} else if (at && Object.hasOwn(arrows, e.key)) {
		arrows[e.key]();
	} else {
		return;
	}
	e.preventDefault();
});

/* --- What stands at the top and at the end --- */
function facts() {
	const s = data.stats;
	const item = (n, unit) => make("span", {}, make("b", {}, number(n)), " " + unit);
	const plural = (n, unit) => item(n, unit[n === 1 ? 0 : 1]);
	$("facts").append(item(s.packets, words.packets), item(s.bytes, words.bytes), make("span", {}, make("b", {}, span(s.duration))));
	if (s.tcp_streams)
		$("facts").append(plural(s.tcp_streams, words.connections));
	if (s.http_requests + s.h2_requests)
		$("facts").append(plural(s.http_requests + s.h2_requests, words.requests));
	if (s.tls_sessions)
		$("facts").append(make("span", {}, words.tls(number(s.tls_decrypted), number(s.tls_sessions))));
}
function tail() {
	const last = data.N.map((n) => make("div", { class: noteClass(n) }, ...noteParts(n, true)));
	if (data.left_out)
		last.push(make("p", { class: "words" }, words.leftOut(number(data.left_out))));
	if (data.damage)
		last.push(make("p", { class: "words" }, words.damage + data.damage));
	if (last.length)
		$("end").append(make("h2", {}, words.end), ...last);
}
for (const e of document.querySelectorAll("[data-t]"))
	e.textContent = words[e.dataset.t];
for (const e of document.querySelectorAll("[data-label]"))
	e.setAttribute("aria-label", words[e.dataset.label]);
theme(rememberedTheme());
$("theme").addEventListener("click", nextTheme);
facts();
controls();
fillHelp();
tail();
filter();
