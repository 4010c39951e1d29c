/* The table of notes: one row per kind.  NOTE(id, name, osi, tone, rfc, english, korean)
 *
 * {field.name} in a sentence stands for the value of that field of the note.  A new kind of note is one row
 * here and one note_add where the thing is seen.  `osi` follows docs/osi/README.md: a TLS handshake does the
 * session layer's job (5), TLS records the presentation layer's (6), HTTP, cookies and logins are 7. */

/* clang-format off */

/* --- Link and network ---------------------------------------------------------------------------------- */
NOTE(ARP_REQUEST, "arp.request", 2, TONE_INFO, "RFC 826",
	"{arp.src.proto_ipv4} asks everyone on its link: who has {arp.dst.proto_ipv4}? Without its hardware address no frame can be sent there",
	"{arp.src.proto_ipv4}이(가) 같은 링크의 모두에게 묻는다: {arp.dst.proto_ipv4}은(는) 누구인가? 하드웨어 주소를 모르면 프레임을 보낼 수 없다")
NOTE(ARP_CHECK, "arp.check", 2, TONE_INFO, "RFC 1122 2.3.2.1",
	"{arp.src.proto_ipv4} asks {arp.dst.proto_ipv4} alone whether it is still there: its entry in the ARP cache has grown old",
	"{arp.src.proto_ipv4}이(가) {arp.dst.proto_ipv4}에만 아직 있는지 묻는다: ARP 캐시의 항목이 오래되었다")
NOTE(ARP_AGAIN, "arp.again", 2, TONE_WARN, "RFC 826",
	"{arp.src.proto_ipv4} asks for {arp.dst.proto_ipv4} again (try {osilab.arp.count}), {osilab.arp.after} after packet {osilab.ref}: nobody has answered; what is to be sent there waits",
	"{arp.src.proto_ipv4}이(가) 패킷 {osilab.ref} 뒤 {osilab.arp.after} 만에 {arp.dst.proto_ipv4}을(를) 다시 묻는다({osilab.arp.count}번째): 아무도 답하지 않았고, 보낼 것은 기다린다")
NOTE(ARP_REPLY, "arp.reply", 2, TONE_INFO, "RFC 826",
	"{arp.src.proto_ipv4} answers the asker alone: I am at {arp.src.hw_mac} ({osilab.arp.after} after the question in packet {osilab.ref})",
	"{arp.src.proto_ipv4}이(가) 물어본 쪽에만 답한다: 내 주소는 {arp.src.hw_mac} (패킷 {osilab.ref}의 물음에서 {osilab.arp.after} 뒤)")
NOTE(ARP_UNASKED, "arp.unasked", 2, TONE_WARN, "RFC 826",
	"{arp.src.proto_ipv4} is at {arp.src.hw_mac}, says an answer to which this capture has no question. ARP proves nothing: spoofing begins with such answers",
	"{arp.src.proto_ipv4}은(는) {arp.src.hw_mac}에 있다고 하는 답인데, 이 캡처에는 물음이 없다. ARP는 아무것도 증명하지 않으며 스푸핑은 이런 답으로 시작된다")
NOTE(ARP_PROBE, "arp.probe", 2, TONE_INFO, "RFC 5227 2.1",
	"{arp.src.hw_mac} checks that nobody uses {arp.dst.proto_ipv4} before taking it",
	"{arp.src.hw_mac}이(가) {arp.dst.proto_ipv4}을(를) 쓰기 전에 이미 쓰는 곳이 있는지 확인한다")
NOTE(ARP_TAKEN, "arp.taken", 2, TONE_BAD, "RFC 5227 2.1.1",
	"{arp.src.proto_ipv4} is taken: {arp.src.hw_mac} uses it, so whoever probed in packet {osilab.ref} must choose another address",
	"{arp.src.proto_ipv4}은(는) 이미 쓰이고 있다: {arp.src.hw_mac}이(가) 쓰므로 패킷 {osilab.ref}에서 확인한 쪽은 다른 주소를 골라야 한다")
NOTE(ARP_ANNOUNCE, "arp.announce", 2, TONE_INFO, "RFC 5227 2.3",
	"{arp.src.proto_ipv4} announces itself at {arp.src.hw_mac}: caches on the link are brought up to date (gratuitous ARP)",
	"{arp.src.proto_ipv4}이(가) {arp.src.hw_mac}에 있다고 스스로 알린다: 링크의 ARP 캐시가 갱신된다(무상 ARP)")
NOTE(ARP_CONFLICT, "arp.conflict", 2, TONE_BAD, "RFC 5227 2.4",
	"{arp.src.proto_ipv4} was at {osilab.arp.other_mac} in packet {osilab.ref} and is now said to be at {arp.src.hw_mac}: a spare machine took over, two hosts have one address, or somebody diverts the traffic (ARP spoofing)",
	"{arp.src.proto_ipv4}은(는) 패킷 {osilab.ref}에서 {osilab.arp.other_mac}에 있었는데 이제 {arp.src.hw_mac}에 있다고 한다: 예비 장비가 넘겨받았거나, 두 호스트가 같은 주소를 쓰거나, 누군가 트래픽을 가로챈다(ARP 스푸핑)")
NOTE(ARP_OTHER_SENDER, "arp.other_sender", 2, TONE_WARN, "RFC 826",
	"The frame comes from {osilab.arp.frame_mac}, yet the message speaks for {arp.src.hw_mac}: one host speaks for another (proxy, or spoofing)",
	"프레임은 {osilab.arp.frame_mac}에서 왔는데 메시지는 {arp.src.hw_mac}을(를) 말한다: 다른 호스트를 대신해 말하고 있다(프록시 또는 스푸핑)")
NOTE(VLAN_TAG, "vlan.tag", 2, TONE_INFO, "IEEE 802.1Q 9.6",
	"Virtual LAN {osilab.vlan.ids}, priority {vlan.priority}: the switch keeps these frames apart from those of other VLANs. Said at the first such frame",
	"가상 LAN {osilab.vlan.ids}, 우선순위 {vlan.priority}: 스위치가 다른 VLAN의 프레임과 나누어 다룬다. 이런 첫 프레임에서만 알린다")
NOTE(VLAN_STACK, "vlan.stack", 2, TONE_INFO, "IEEE 802.1ad",
	"Two tags (QinQ): the provider's VLAN {osilab.vlan.outer} carries the customer's VLAN {osilab.vlan.inner}. Said at the first such frame",
	"태그가 둘이다(QinQ): 사업자의 VLAN {osilab.vlan.outer}이(가) 고객의 VLAN {osilab.vlan.inner}을(를) 나른다. 이런 첫 프레임에서만 알린다")
NOTE(STP_CONFIG, "stp.config", 2, TONE_INFO, "IEEE 802.1D 9.3",
	"Spanning tree: bridge {stp.bridge.hw} says that {stp.root.hw} is the root and the way there costs {stp.root.cost}; so bridges agree on paths without loops",
	"스패닝 트리: 브리지 {stp.bridge.hw}이(가) {stp.root.hw}이(가) 루트이며 거기까지의 비용은 {stp.root.cost}(이)라고 알린다. 브리지들은 이렇게 고리 없는 경로를 정한다")
NOTE(STP_CHANGED, "stp.changed", 2, TONE_WARN, "IEEE 802.1D 9.3.2",
	"Spanning tree: a path came or went (topology change); for a while bridges flood frames everywhere",
	"스패닝 트리: 경로가 생기거나 없어졌다(토폴로지 변경). 한동안 브리지가 프레임을 모든 곳으로 보낸다")
NOTE(PPPOE, "pppoe.discovery", 2, TONE_INFO, "RFC 2516 5",
	"PPP over Ethernet: {osilab.pppoe.what}",
	"이더넷 위의 PPP: {osilab.pppoe.what}")
NOTE(NDP_SOLICIT, "ndp.solicit", 3, TONE_INFO, "RFC 4861 7.2.2",
	"{ipv6.src} asks for the hardware address of {icmpv6.nd.ns.target_address}: IPv6 has no ARP, it asks by ICMPv6 multicast",
	"{ipv6.src}이(가) {icmpv6.nd.ns.target_address}의 하드웨어 주소를 묻는다: IPv6에는 ARP가 없고 ICMPv6 멀티캐스트로 묻는다")
NOTE(NDP_CHECK, "ndp.check", 3, TONE_INFO, "RFC 4861 7.3",
	"{ipv6.src} asks {icmpv6.nd.ns.target_address} alone whether it is still there (neighbour unreachability detection)",
	"{ipv6.src}이(가) {icmpv6.nd.ns.target_address}에만 아직 있는지 묻는다(이웃 도달 불가 검사)")
NOTE(NDP_AGAIN, "ndp.again", 3, TONE_WARN, "RFC 4861 7.2.2",
	"{ipv6.src} asks for {icmpv6.nd.ns.target_address} again (try {osilab.ndp.count}), {osilab.ndp.after} after packet {osilab.ref}: nobody has answered",
	"{ipv6.src}이(가) 패킷 {osilab.ref} 뒤 {osilab.ndp.after} 만에 {icmpv6.nd.ns.target_address}을(를) 다시 묻는다({osilab.ndp.count}번째): 아무도 답하지 않았다")
NOTE(NDP_ADVERT, "ndp.advert", 3, TONE_INFO, "RFC 4861 7.2.4",
	"{icmpv6.nd.na.target_address} is at {osilab.ndp.at} ({osilab.ndp.flags}), {osilab.ndp.after} after the question in packet {osilab.ref}",
	"{icmpv6.nd.na.target_address}은(는) {osilab.ndp.at}에 있다({osilab.ndp.flags}). 패킷 {osilab.ref}의 물음에서 {osilab.ndp.after} 뒤이다")
NOTE(NDP_ADVERT_ALONE, "ndp.advert_alone", 3, TONE_INFO, "RFC 4861 7.2.6",
	"{icmpv6.nd.na.target_address} is at {osilab.ndp.at} ({osilab.ndp.flags}), says an advertisement without a question seen here",
	"{icmpv6.nd.na.target_address}은(는) {osilab.ndp.at}에 있다({osilab.ndp.flags}). 여기서 보인 물음이 없는 광고이다")
NOTE(NDP_DAD, "ndp.dad", 3, TONE_INFO, "RFC 4862 5.4",
	"Somebody checks that nobody uses {icmpv6.nd.ns.target_address} before taking it (duplicate address detection)",
	"{icmpv6.nd.ns.target_address}을(를) 쓰기 전에 이미 쓰는 곳이 있는지 확인한다(중복 주소 검사)")
NOTE(NDP_TAKEN, "ndp.taken", 3, TONE_BAD, "RFC 4862 5.4.4",
	"{icmpv6.nd.na.target_address} is taken: {osilab.ndp.at} uses it, so whoever checked in packet {osilab.ref} must not",
	"{icmpv6.nd.na.target_address}은(는) 이미 쓰이고 있다: {osilab.ndp.at}이(가) 쓰므로 패킷 {osilab.ref}에서 확인한 쪽은 쓸 수 없다")
NOTE(NDP_CONFLICT, "ndp.conflict", 3, TONE_BAD, "RFC 4861 7.2.5",
	"{icmpv6.nd.na.target_address} was at {osilab.ndp.other_mac} in packet {osilab.ref} and is now said to be at {icmpv6.opt.linkaddr}: it moved, two hosts have one address, or somebody diverts the traffic",
	"{icmpv6.nd.na.target_address}은(는) 패킷 {osilab.ref}에서 {osilab.ndp.other_mac}에 있었는데 이제 {icmpv6.opt.linkaddr}에 있다고 한다: 옮겨 갔거나, 두 호스트가 같은 주소를 쓰거나, 누군가 트래픽을 가로챈다")
NOTE(NDP_HOPS, "ndp.hops", 3, TONE_BAD, "RFC 4861 7.1",
	"Neighbour discovery with {osilab.ip.ttl} hops left instead of 255: it may have come through a router, so hosts throw it away",
	"이웃 탐색인데 남은 홉 수가 255가 아니라 {osilab.ip.ttl}이다: 라우터를 거쳐 왔을 수 있으므로 호스트는 버린다")
NOTE(NDP_OPTIONS_DAMAGED, "ndp.options_damaged", 3, TONE_BAD, "RFC 4861 4.6",
	"An option has length zero or reaches past the message: hosts throw all of it away",
	"길이가 0이거나 메시지를 벗어나는 옵션이 있다: 호스트는 전체를 버린다")
NOTE(NDP_ROUTER_ASK, "ndp.router_ask", 3, TONE_INFO, "RFC 4861 6.3.7",
	"{ipv6.src} asks whether there is a router: it does not want to wait for the next advertisement",
	"{ipv6.src}이(가) 라우터가 있는지 묻는다: 다음 광고를 기다리지 않으려 한다")
NOTE(NDP_ROUTER, "ndp.router", 3, TONE_INFO, "RFC 4861 6.2.3",
	"{ipv6.src} is a router, the way out for the next {osilab.ndp.lifetime}; it suggests a hop limit of {icmpv6.nd.ra.cur_hop_limit}. Nothing proves it: a false one diverts all traffic of the link",
	"{ipv6.src}은(는) 라우터이며 앞으로 {osilab.ndp.lifetime} 동안 밖으로 나가는 길이다. 홉 한도로 {icmpv6.nd.ra.cur_hop_limit}을(를) 권한다. 이를 증명하는 것은 없다: 거짓 광고는 링크의 모든 트래픽을 돌린다")
NOTE(NDP_ROUTER_NOT, "ndp.router_not", 3, TONE_WARN, "RFC 4861 6.2.5",
	"{ipv6.src} advertises, but is not (or no longer) the way out: its router lifetime is 0",
	"{ipv6.src}이(가) 광고하지만 밖으로 나가는 길은 아니다(또는 이제 아니다): 라우터 수명이 0이다")
NOTE(NDP_PREFIX, "ndp.prefix", 3, TONE_INFO, "RFC 4862 5.5.3",
	"Prefix {icmpv6.opt.prefix}/{icmpv6.opt.prefix.length}: {osilab.ndp.prefix}. Valid {osilab.ndp.valid}, for new connections {osilab.ndp.preferred}",
	"프리픽스 {icmpv6.opt.prefix}/{icmpv6.opt.prefix.length}: {osilab.ndp.prefix}. 유효 기간 {osilab.ndp.valid}, 새 연결에는 {osilab.ndp.preferred}")
NOTE(NDP_MANAGED, "ndp.managed", 3, TONE_INFO, "RFC 4861 4.2",
	"M flag: hosts are to get their addresses by DHCPv6 as well",
	"M 플래그: 호스트는 주소를 DHCPv6로도 받아야 한다")
NOTE(NDP_OTHER, "ndp.other", 3, TONE_INFO, "RFC 4861 4.2",
	"O flag: no addresses, but other settings such as DNS servers come by DHCPv6",
	"O 플래그: 주소는 아니지만 DNS 서버 같은 다른 설정을 DHCPv6로 받는다")
NOTE(NDP_SERVERS, "ndp.servers", 3, TONE_INFO, "RFC 8106 5.1",
	"DNS servers: {osilab.ndp.servers}, for {osilab.ndp.valid}",
	"DNS 서버: {osilab.ndp.servers}, 기간 {osilab.ndp.valid}")
NOTE(NDP_MTU, "ndp.mtu", 3, TONE_INFO, "RFC 4861 4.6.4",
	"On this link packets of up to {icmpv6.opt.mtu} bytes are sent (MTU)",
	"이 링크에서는 {icmpv6.opt.mtu}바이트까지의 패킷을 보낸다(MTU)")
NOTE(NDP_REDIRECT, "ndp.redirect", 3, TONE_WARN, "RFC 4861 8",
	"{ipv6.src} sends the host another way: {osilab.ndp.destination} is better reached through {osilab.ndp.better}. Nothing proves that it may say so",
	"{ipv6.src}이(가) 다른 길을 알려 준다: {osilab.ndp.destination}은(는) {osilab.ndp.better}을(를) 거치는 편이 낫다. 그렇게 말할 자격을 증명하는 것은 없다")
NOTE(MLD_QUERY, "mld.query", 3, TONE_INFO, "RFC 3810 5.1",
	"{ipv6.src} asks its link who listens to which multicast groups",
	"{ipv6.src}이(가) 누가 어떤 멀티캐스트 그룹을 듣는지 링크에 묻는다")
NOTE(MLD_REPORT, "mld.report", 3, TONE_INFO, "RFC 3810 5.2",
	"{ipv6.src} tells its link which multicast groups it listens to ({osilab.mld.groups}): neighbour discovery needs one per address",
	"{ipv6.src}이(가) 자신이 듣는 멀티캐스트 그룹({osilab.mld.groups})을 링크에 알린다: 이웃 탐색에는 주소마다 그룹이 하나씩 필요하다")
NOTE(MLD_DONE, "mld.done", 3, TONE_INFO, "RFC 2710 3.1",
	"{ipv6.src} listens to the multicast group {osilab.mld.groups} no longer",
	"{ipv6.src}은(는) 멀티캐스트 그룹 {osilab.mld.groups}을(를) 더는 듣지 않는다")
NOTE(IGMP_QUERY, "igmp.query", 3, TONE_INFO, "RFC 9776 4.1",
	"A router asks its link who listens to which multicast groups ({osilab.igmp.name})",
	"라우터가 누가 어떤 멀티캐스트 그룹을 듣는지 링크에 묻는다({osilab.igmp.name})")
NOTE(IGMP_REPORT, "igmp.report", 3, TONE_INFO, "RFC 9776 4.2",
	"A host tells its link which multicast groups it listens to: {osilab.igmp.groups} ({osilab.igmp.name})",
	"호스트가 자신이 듣는 멀티캐스트 그룹을 링크에 알린다: {osilab.igmp.groups} ({osilab.igmp.name})")
NOTE(IGMP_LEAVE, "igmp.leave", 3, TONE_INFO, "RFC 2236 3",
	"A host listens to the multicast group {osilab.igmp.groups} no longer",
	"호스트가 멀티캐스트 그룹 {osilab.igmp.groups}을(를) 더는 듣지 않는다")
NOTE(ICMP_ECHO, "icmp.echo", 3, TONE_INFO, "RFC 792",
	"Ping no. {osilab.icmp.seq}: the other side is asked to send this back",
	"핑 {osilab.icmp.seq}번: 상대에게 그대로 돌려 달라고 한다")
NOTE(ICMP_REPLY, "icmp.reply", 3, TONE_INFO, "RFC 792",
	"Answer to ping no. {osilab.icmp.seq} of packet {osilab.ref}: there and back in {osilab.icmp.rtt}",
	"패킷 {osilab.ref}의 핑 {osilab.icmp.seq}번에 대한 답: 왕복 {osilab.icmp.rtt}")
NOTE(ICMP_REPLY_ALONE, "icmp.reply_alone", 3, TONE_WARN, "RFC 792",
	"Answer to ping no. {osilab.icmp.seq}, which is not in this capture",
	"이 캡처에 없는 핑 {osilab.icmp.seq}번에 대한 답")
NOTE(ICMP_CKSUM, "icmp.checksum", 3, TONE_BAD, "RFC 792",
	"The checksum is wrong: damaged on the way, and the receiver throws it away",
	"체크섬이 틀리다: 도중에 손상되었으며 받는 쪽은 버린다")
NOTE(ICMP_OTHER, "icmp.other", 3, TONE_INFO, "RFC 1122 3.2.2",
	"ICMP: {osilab.icmp.what}",
	"ICMP 메시지: {osilab.icmp.what}")
NOTE(ICMP_PORT_CLOSED, "icmp.port_closed", 3, TONE_BAD, "RFC 1122 3.2.2.1",
	"Nobody listens on {osilab.icmp.proto} port {osilab.icmp.port} of {osilab.icmp.dst}: the host is there, the program is not. To wait for an answer is useless",
	"{osilab.icmp.dst}의 {osilab.icmp.proto} {osilab.icmp.port}번 포트에서 듣는 프로그램이 없다: 호스트는 있지만 프로그램이 없으므로 답을 기다려도 소용없다")
NOTE(ICMP_NO_PROTOCOL, "icmp.no_protocol", 3, TONE_BAD, "RFC 1122 3.2.2.1",
	"{osilab.icmp.dst} is there, but does not speak {osilab.icmp.proto} at all (protocol unreachable)",
	"{osilab.icmp.dst}은(는) 있지만 {osilab.icmp.proto}을(를) 전혀 모른다(프로토콜 도달 불가)")
NOTE(ICMP_NO_ROUTE, "icmp.no_route", 3, TONE_BAD, "RFC 1812 5.2.7.1",
	"{osilab.icmp.from} knows no way to {osilab.icmp.dst}: its routing table has no fitting entry",
	"{osilab.icmp.from}은(는) {osilab.icmp.dst}(으)로 가는 길을 모른다: 라우팅 표에 맞는 항목이 없다")
NOTE(ICMP_HOST_SILENT, "icmp.host_silent", 3, TONE_BAD, "RFC 1812 5.2.7.1",
	"{osilab.icmp.from} cannot reach {osilab.icmp.dst} on its own link: nobody answers for that address, the host is off or the address unused",
	"{osilab.icmp.from}이(가) 자기 링크의 {osilab.icmp.dst}에 닿지 못한다: 그 주소에 답하는 곳이 없으며, 호스트가 꺼졌거나 쓰이지 않는 주소이다")
NOTE(ICMP_PROHIBITED, "icmp.prohibited", 3, TONE_BAD, "RFC 1812 5.2.7.1",
	"{osilab.icmp.from} refuses to let this through to {osilab.icmp.dst} ({osilab.icmp.what}): a filter or a firewall says so",
	"{osilab.icmp.from}이(가) {osilab.icmp.dst}(으)로 가는 것을 막는다({osilab.icmp.what}): 필터나 방화벽의 결정이다")
NOTE(ICMP_TOO_BIG, "icmp.too_big", 3, TONE_WARN, "RFC 1191 3",
	"{osilab.icmp.from} cannot pass on {osilab.icmp.size} bytes: the next link takes {osilab.icmp.mtu}, and \"don't fragment\" forbids cutting. The sender must send smaller packets (path MTU discovery)",
	"{osilab.icmp.from}이(가) {osilab.icmp.size}바이트를 넘겨줄 수 없다: 다음 링크는 {osilab.icmp.mtu}바이트까지 받고 \"나누지 말라\"는 표시가 있다. 보내는 쪽이 더 작은 패킷을 보내야 한다(경로 MTU 탐색)")
NOTE(ICMP_TOO_BIG_6, "icmp6.too_big", 3, TONE_WARN, "RFC 8201 4",
	"{osilab.icmp.from} cannot pass on {osilab.icmp.size} bytes: the next link takes {osilab.icmp.mtu}, and IPv6 routers never cut. The sender must send smaller packets (path MTU discovery)",
	"{osilab.icmp.from}이(가) {osilab.icmp.size}바이트를 넘겨줄 수 없다: 다음 링크는 {osilab.icmp.mtu}바이트까지 받고 IPv6 라우터는 나누지 않는다. 보내는 쪽이 더 작은 패킷을 보내야 한다(경로 MTU 탐색)")
NOTE(ICMP_MTU_SMALL, "icmp.mtu_small", 3, TONE_WARN, "RFC 8201 4",
	"An MTU of {osilab.icmp.mtu} is below {osilab.icmp.mtu_min}, which every link or host can take: an old router that cannot say it, or a forgery meant to slow the sender down",
	"MTU {osilab.icmp.mtu}은(는) 어떤 링크나 호스트도 받을 수 있는 {osilab.icmp.mtu_min}보다 작다: 값을 말하지 못하는 오래된 라우터이거나 보내는 쪽을 느리게 하려는 위조이다")
NOTE(ICMP_HOPS_GONE, "icmp.hops_gone", 3, TONE_WARN, "RFC 1812 5.3.1",
	"The hop limit ran out at {osilab.icmp.from} on the way to {osilab.icmp.dst}: packets go in circles, or somebody counts the routers (traceroute)",
	"{osilab.icmp.dst}(으)로 가는 도중 {osilab.icmp.from}에서 홉 한도가 다했다: 패킷이 맴돌거나 누군가 라우터를 세고 있다(traceroute)")
NOTE(ICMP_FRAGMENTS_GONE, "icmp.fragments_gone", 3, TONE_BAD, "RFC 1122 3.3.2",
	"{osilab.icmp.from} gave up waiting for the missing fragments of a datagram: all of it is lost",
	"{osilab.icmp.from}이(가) 데이터그램의 빠진 조각을 기다리다 포기했다: 전체를 잃었다")
NOTE(ICMP_PARAMETER, "icmp.parameter", 3, TONE_BAD, "RFC 1122 3.2.2.5",
	"{osilab.icmp.from} cannot make sense of byte {osilab.icmp.pointer} of the packet it quotes ({osilab.icmp.what})",
	"{osilab.icmp.from}은(는) 인용한 패킷의 {osilab.icmp.pointer}바이트째를 이해하지 못한다({osilab.icmp.what})")
NOTE(ICMP_REDIRECT, "icmp.redirect", 3, TONE_WARN, "RFC 1122 3.2.2.2",
	"{osilab.icmp.from} sends the host another way: {osilab.icmp.dst} is better reached through {icmp.redir_gw}. Nothing proves that it may say so; many hosts ignore it",
	"{osilab.icmp.from}이(가) 다른 길을 알려 준다: {osilab.icmp.dst}은(는) {icmp.redir_gw}을(를) 거치는 편이 낫다. 그렇게 말할 자격을 증명하는 것은 없어 무시하는 호스트가 많다")
NOTE(ICMP_ERROR, "icmp.error", 3, TONE_WARN, "RFC 1122 3.2.2",
	"{osilab.icmp.what}: a router or host says why an earlier packet did not arrive, and quotes its start",
	"{osilab.icmp.what}: 앞서 보낸 패킷이 왜 도착하지 못했는지 라우터나 호스트가 그 앞부분을 인용해 알린다")
NOTE(ICMP_ABOUT_FLOW, "icmp.about_flow", 3, TONE_INFO, "RFC 1122 3.2.2",
	"It quotes {osilab.icmp.quoted}: flow {osilab.icmp.flow}, sent by the {osilab.side}, last seen in packet {osilab.ref}",
	"{osilab.icmp.quoted}을(를) 인용한다: 흐름 {osilab.icmp.flow}에서 {osilab.side} 쪽이 보낸 것이며 마지막은 패킷 {osilab.ref}")
NOTE(ICMP_ABOUT_ECHO, "icmp.about_echo", 3, TONE_INFO, "RFC 1122 3.2.2",
	"It quotes {osilab.icmp.quoted}: the ping of packet {osilab.ref}, {osilab.icmp.rtt} earlier",
	"{osilab.icmp.quoted}을(를) 인용한다: {osilab.icmp.rtt} 전 패킷 {osilab.ref}의 핑이다")
NOTE(ICMP_ABOUT_UNSEEN, "icmp.about_unseen", 3, TONE_WARN, "RFC 5927",
	"It quotes {osilab.icmp.quoted}, which is not in this capture: hosts should believe only errors about what they sent",
	"이 캡처에 없는 {osilab.icmp.quoted}을(를) 인용한다: 호스트는 자신이 보낸 것에 대한 오류만 믿어야 한다")
NOTE(ICMP_IGNORED, "icmp.ignored", 3, TONE_WARN, "RFC 1122 4.1.3.3",
	"The {osilab.side} goes on sending although packet {osilab.ref} said that it does not arrive",
	"패킷 {osilab.ref}에서 도착하지 않는다고 알렸는데도 {osilab.side} 쪽이 계속 보낸다")
NOTE(IP_HOPS, "ip.hops", 3, TONE_INFO, "RFC 1812 5.3.1",
	"Arrives with {osilab.ip.ttl} hops left: a sender that starts at {osilab.ip.ttl_start} has {osilab.ip.routers} router(s) between",
	"남은 홉 수가 {osilab.ip.ttl}인 채로 도착했다: {osilab.ip.ttl_start}에서 시작했다면 라우터 {osilab.ip.routers}개를 지났다")
NOTE(IP_SERVICE, "ip.service", 3, TONE_INFO, "RFC 2474 3",
	"Asks routers for the service class {osilab.ip.dscp} (DSCP); each network on the way decides whether it grants it",
	"라우터에 서비스 등급 {osilab.ip.dscp}을(를) 청한다(DSCP). 들어줄지는 도중의 네트워크마다 정한다")
NOTE(IP_PATH_CHANGED, "ip.path_changed", 3, TONE_WARN, "RFC 1812 5.3.1",
	"Arrives with {osilab.ip.ttl} hops left, earlier packets of this sender with {osilab.ip.ttl_before}: the path changed, or this is not from the same machine (a middlebox or a forger answers)",
	"남은 홉 수가 {osilab.ip.ttl}인데 같은 송신자의 앞선 패킷은 {osilab.ip.ttl_before}이었다: 경로가 바뀌었거나 같은 기계가 보낸 것이 아니다(중간 장비나 위조자의 응답)")
NOTE(IP_TTL_LAST, "ip.ttl_last", 3, TONE_INFO, "RFC 791 3.2",
	"One hop left: the next router would throw it away",
	"남은 홉이 하나이다: 다음 라우터는 버린다")
NOTE(IP_TTL_ZERO, "ip.ttl_zero", 3, TONE_BAD, "RFC 1122 3.2.1.7",
	"No hops left: such a packet must never be sent",
	"남은 홉이 없다: 이런 패킷은 보내서는 안 된다")
NOTE(IP_CONGESTION, "ip.congestion", 3, TONE_WARN, "RFC 3168 5",
	"Congestion experienced (ECN CE): a router on the way was about to drop it and marked it instead; the sender is to slow down",
	"혼잡을 겪었다(ECN CE): 도중의 라우터가 버리는 대신 표시했다. 보내는 쪽은 속도를 줄여야 한다")
NOTE(IP_EVIL, "ip.reserved", 3, TONE_WARN, "RFC 791 3.1",
	"The reserved flag is set, which must be zero (RFC 3514 jokes that attackers have to set it)",
	"0이어야 하는 예약 플래그가 켜져 있다(RFC 3514는 공격자가 켜야 한다고 농담한다)")
NOTE(IP_CKSUM, "ip.checksum", 3, TONE_BAD, "RFC 1122 3.2.1.2",
	"The header checksum {ip.checksum} is wrong: damaged on the way, and the receiver throws it away; or addresses in the capture were replaced later. Said for the first few such packets, all are counted",
	"헤더 체크섬 {ip.checksum}이(가) 틀리다: 도중에 손상되어 받는 쪽이 버리거나, 캡처의 주소를 나중에 바꾼 것이다. 처음 몇 패킷에서만 알리고 모두 센다")
NOTE(IP_CKSUM_OFFLOAD, "ip.checksum_offload", 3, TONE_INFO, "RFC 791 3.1",
	"The header checksum is still 0: the network card fills it in after the capture point. Said once",
	"헤더 체크섬이 아직 0이다: 캡처 지점 뒤에서 네트워크 카드가 채운다. 한 번만 알린다")
NOTE(IP_RECORD_ROUTE, "ip.record_route", 3, TONE_INFO, "RFC 791 3.1",
	"Option record route: every router writes its address here; so far {osilab.ip.route}",
	"경로 기록 옵션: 라우터마다 자기 주소를 여기 적는다. 지금까지 {osilab.ip.route}")
NOTE(IP_SOURCE_ROUTE, "ip.source_route", 3, TONE_BAD, "RFC 7126 4.3",
	"Option source route: the sender dictates the way through {osilab.ip.route}. It gets around filters and is dropped almost everywhere",
	"소스 라우팅 옵션: 송신자가 {osilab.ip.route}을(를) 거치는 길을 정한다. 필터를 비켜 가므로 거의 어디서나 버린다")
NOTE(IP_TIMESTAMP, "ip.timestamp", 3, TONE_INFO, "RFC 791 3.1",
	"Option timestamp: every router writes when it passed the packet on",
	"타임스탬프 옵션: 라우터마다 패킷을 넘긴 시각을 적는다")
NOTE(IP_ROUTER_ALERT, "ip.router_alert", 3, TONE_INFO, "RFC 2113; RFC 2711",
	"Router alert: every router is to look into this packet, although it is not addressed to it",
	"라우터 경보: 자기에게 온 것이 아니어도 라우터마다 이 패킷을 들여다보라는 뜻이다")
NOTE(IP_OPTION, "ip.option", 3, TONE_INFO, "RFC 7126",
	"IPv4 option {osilab.ip.option}",
	"IPv4 옵션 {osilab.ip.option}번")
NOTE(IP_OPTION_DAMAGED, "ip.option_damaged", 3, TONE_BAD, "RFC 1122 3.2.1.8",
	"An IPv4 option reaches past the header: no option behind it can be read",
	"IPv4 옵션이 헤더를 벗어난다: 그 뒤의 옵션은 읽을 수 없다")
NOTE(IP6_EXTENSIONS, "ip6.extensions", 3, TONE_INFO, "RFC 8200 4",
	"Extension headers before the payload: {osilab.ip.extensions}",
	"본문 앞의 확장 헤더: {osilab.ip.extensions}")
NOTE(IP6_ROUTING, "ip6.routing", 3, TONE_INFO, "RFC 8200 4.4",
	"Routing header of type {ipv6.routing.type}: {ipv6.routing.segleft} more stop(s) before the destination",
	"라우팅 헤더(유형 {ipv6.routing.type}): 목적지까지 거칠 곳이 {ipv6.routing.segleft}개 남았다")
NOTE(IP6_ROUTING_0, "ip6.routing_0", 3, TONE_BAD, "RFC 5095",
	"Routing header of type 0 with {ipv6.routing.segleft} more stop(s): forbidden, since it lets anyone send packets in circles",
	"유형 0의 라우팅 헤더(거칠 곳 {ipv6.routing.segleft}개 남음): 누구나 패킷을 맴돌게 할 수 있어 금지되었다")
NOTE(IP_ESP, "ip.esp", 3, TONE_GOOD, "RFC 4303",
	"Encrypted by IPsec (ESP, security association {esp.spi}): what is inside, ports included, only the two ends can read",
	"IPsec으로 암호화되었다(ESP, 보안 연관 {esp.spi}): 포트를 포함해 안에 든 것은 양 끝만 읽을 수 있다")
NOTE(IP_AH, "ip.ah", 3, TONE_INFO, "RFC 4302",
	"Authenticated by IPsec (AH, security association {ah.spi}): readable by anyone, changeable by nobody",
	"IPsec으로 인증되었다(AH, 보안 연관 {ah.spi}): 누구나 읽을 수 있지만 아무도 바꿀 수 없다")
NOTE(IP_FRAGMENT_FIRST, "ip.fragment.first", 3, TONE_INFO, "RFC 791 3.2; RFC 8200 4.5",
	"First fragment of datagram {osilab.frag.id}: bytes {osilab.frag.from}–{osilab.frag.to}; it alone says what is inside ({osilab.frag.inside})",
	"데이터그램 {osilab.frag.id}의 첫 조각: {osilab.frag.from}–{osilab.frag.to}바이트. 안에 든 것({osilab.frag.inside})은 이 조각만 알려 준다")
NOTE(IP_FRAGMENT, "ip.fragment", 3, TONE_INFO, "RFC 791 3.2; RFC 8200 4.5",
	"Fragment of datagram {osilab.frag.id}: bytes {osilab.frag.from}–{osilab.frag.to}, {osilab.frag.place}",
	"데이터그램 {osilab.frag.id}의 조각: {osilab.frag.from}–{osilab.frag.to}바이트, {osilab.frag.place}")
NOTE(IP_REASSEMBLED, "ip.reassembled", 3, TONE_GOOD, "RFC 791 3.2",
	"All {ip.fragment.count} fragments are there: a datagram of {ip.reassembled.length} bytes from packets {osilab.frag.packets}",
	"조각 {ip.fragment.count}개가 모두 모였다: 패킷 {osilab.frag.packets}에서 온 {ip.reassembled.length}바이트의 데이터그램")
NOTE(IP6_REASSEMBLED, "ip6.reassembled", 3, TONE_GOOD, "RFC 8200 4.5",
	"All {ipv6.fragment.count} fragments are there: a datagram of {ipv6.reassembled.length} bytes from packets {osilab.frag.packets}. In IPv6 only the sender cuts, never a router",
	"조각 {ipv6.fragment.count}개가 모두 모였다: 패킷 {osilab.frag.packets}에서 온 {ipv6.reassembled.length}바이트의 데이터그램. IPv6에서는 라우터가 아니라 보내는 쪽만 나눈다")
NOTE(FRAG_AGAIN, "ip.fragment.again", 3, TONE_INFO, "RFC 791 3.2; RFC 8200 4.5",
	"The same bytes as in packet {osilab.ref}: sent, or captured, twice; they are not needed again",
	"패킷 {osilab.ref}에 있던 것과 같은 바이트이다: 두 번 보냈거나 두 번 캡처되었으며, 다시 필요하지 않다")
NOTE(FRAG_OVERLAP, "ip.fragment.overlap", 3, TONE_BAD, "RFC 5722 4",
	"It overlaps the fragment in packet {osilab.ref}: honest senders never do that, filters are fooled by it, so the whole datagram is refused",
	"패킷 {osilab.ref}의 조각과 겹친다: 정상적인 송신자는 이렇게 하지 않고 필터를 속이는 수법이므로 데이터그램 전체를 거부한다")
NOTE(FRAG_TEARDROP, "ip.fragment.teardrop", 3, TONE_BAD, "RFC 5722 4",
	"It lies inside the fragment of packet {osilab.ref} and contradicts it: the \"teardrop\" attack, which once crashed whole systems; the datagram is refused",
	"패킷 {osilab.ref}의 조각 안에 들어 있으면서 서로 어긋난다: 한때 시스템을 멈추게 한 \"teardrop\" 공격이다. 데이터그램을 거부한다")
NOTE(FRAG_TOO_LONG, "ip.fragment.too_long", 3, TONE_BAD, "RFC 791 3.1",
	"It would end at byte {osilab.frag.end}, and no datagram has more than 65535: the \"ping of death\"; the datagram is refused",
	"{osilab.frag.end}바이트에서 끝나게 되는데 데이터그램은 65535바이트를 넘을 수 없다: \"죽음의 핑\"이다. 데이터그램을 거부한다")
NOTE(FRAG_TWO_ENDS, "ip.fragment.two_ends", 3, TONE_BAD, "RFC 815 3",
	"It contradicts another fragment about where the datagram ends; the datagram is refused",
	"데이터그램이 어디서 끝나는지가 다른 조각과 어긋난다. 데이터그램을 거부한다")
NOTE(FRAG_TOO_MANY, "ip.fragment.too_many", 3, TONE_BAD, "RFC 8900 3",
	"Cut into more pieces than any network needs: it is meant to wear the receiver out; the datagram is refused",
	"어떤 네트워크에도 필요 없을 만큼 잘게 나뉘었다: 받는 쪽을 지치게 하려는 것이다. 데이터그램을 거부한다")
NOTE(FRAG_REFUSED, "ip.fragment.refused", 3, TONE_WARN, "RFC 5722 4",
	"It belongs to the datagram refused in packet {osilab.ref}: all of that is thrown away",
	"패킷 {osilab.ref}에서 거부한 데이터그램의 조각이다: 그 데이터그램은 모두 버린다")
NOTE(FRAG_UNEVEN, "ip.fragment.uneven", 3, TONE_WARN, "RFC 8200 4.5",
	"Its {osilab.frag.bytes} bytes are no multiple of 8 although more is to follow, or it is empty: it cannot have a place in a datagram and is thrown away",
	"뒤에 더 이어지는데도 {osilab.frag.bytes}바이트가 8의 배수가 아니거나 비어 있다: 데이터그램 안에 놓일 자리가 없어 버린다")
NOTE(FRAG_NO_ROOM, "ip.fragment.no_room", 3, TONE_WARN, "RFC 1122 3.3.2",
	"Not put together: that would take more memory than is allowed (see --memory)",
	"합치지 않는다: 허용된 메모리를 넘게 된다(--memory 참고)")
NOTE(FRAG_CUT, "ip.fragment.cut", 3, TONE_WARN, "",
	"The capture holds {osilab.frag.captured} of this fragment's {osilab.frag.bytes} bytes: its datagram cannot be put together",
	"이 조각의 {osilab.frag.bytes}바이트 가운데 {osilab.frag.captured}바이트만 캡처되었다: 데이터그램을 합칠 수 없다")
NOTE(FRAG_TINY, "ip.fragment.tiny", 3, TONE_BAD, "RFC 1858 3",
	"This first fragment is too short for the whole {osilab.frag.inside} header: a filter cannot see what it should decide on (tiny fragment attack)",
	"이 첫 조각은 {osilab.frag.inside} 헤더 전체를 담기에 너무 짧다: 필터가 판단할 근거를 볼 수 없다(작은 조각 공격)")
NOTE(FRAG_ATOMIC, "ip.fragment.atomic", 3, TONE_INFO, "RFC 6946",
	"A fragment header, yet first and last at once (atomic fragment): nothing has to be waited for",
	"조각 헤더가 있지만 처음이자 마지막이다(원자 조각): 기다릴 것이 없다")
NOTE(FRAG_MISSING, "ip.fragment.missing", 3, TONE_BAD, "RFC 1122 3.3.2",
	"Datagram {osilab.frag.id} from {osilab.frag.src} to {osilab.frag.dst}, begun in packet {osilab.ref}, never became whole: bytes {osilab.frag.missing} were not seen {osilab.frag.when}. With one fragment all the rest is lost too",
	"패킷 {osilab.ref}에서 시작된 {osilab.frag.src}에서 {osilab.frag.dst}(으)로 가는 데이터그램 {osilab.frag.id}은(는) 끝내 완성되지 않았다: {osilab.frag.missing}바이트가 {osilab.frag.when} 보이지 않았다. 조각 하나를 잃으면 나머지도 모두 잃는다")
NOTE(FRAG_CKSUM, "ip.fragment.checksum", 3, TONE_BAD, "RFC 4963",
	"The checksum over the whole datagram is wrong: a fragment was damaged, or fragments of two datagrams with the same identification were mixed",
	"데이터그램 전체의 체크섬이 틀리다: 조각이 손상되었거나 식별자가 같은 두 데이터그램의 조각이 섞였다")
NOTE(CKSUM_OFFLOAD, "cksum.offload", 4, TONE_INFO, "RFC 1071",
	"The checksum is not right yet: the network card fills it in after the capture point (checksum offload). Said once; such packets are read all the same",
	"체크섬이 아직 맞지 않는다: 캡처 지점 뒤에서 네트워크 카드가 채운다(체크섬 오프로드). 한 번만 알리며, 이런 패킷도 그대로 해석한다")
NOTE(PACKET_DAMAGED, "packet.damaged", 2, TONE_WARN, "",
	"Not readable to its end: {osilab.damage} (in {osilab.damaged_proto}, at byte {osilab.damage_off}); what stands before it is shown",
	"끝까지 읽을 수 없다: {osilab.damage} ({osilab.damaged_proto}, {osilab.damage_off}바이트째); 그 앞까지는 보여 준다")

/* --- TCP ------------------------------------------------------------------------------------------------ */
NOTE(TCP_SYN, "tcp.handshake.syn", 4, TONE_INFO, "RFC 9293 3.5",
	"Handshake 1 of 3: the client asks for a connection (SYN); its bytes will be counted from {tcp.seq_raw}",
	"핸드셰이크 1/3: 클라이언트가 연결을 청한다(SYN). 자기 바이트를 {tcp.seq_raw}부터 세겠다고 알린다")
NOTE(TCP_OPT_MSS, "tcp.option.mss", 4, TONE_INFO, "RFC 9293 3.7.1",
	"Maximum segment size: send me at most {tcp.options.mss_val} bytes of data per segment, so that with its headers a packet stays within {osilab.tcp.mtu} bytes",
	"최대 세그먼트 크기(MSS): 데이터를 세그먼트마다 {tcp.options.mss_val}바이트까지만 보내 달라. 그러면 헤더를 더해도 패킷이 {osilab.tcp.mtu}바이트를 넘지 않는다")
NOTE(TCP_OPT_NO_MSS, "tcp.option.no_mss", 4, TONE_INFO, "RFC 9293 3.7.1",
	"It says no maximum segment size: {osilab.tcp.mss} bytes hold then",
	"최대 세그먼트 크기를 밝히지 않았다: 이때는 {osilab.tcp.mss}바이트로 본다")
NOTE(TCP_OPT_WSCALE, "tcp.option.wscale", 4, TONE_INFO, "RFC 7323 2",
	"Window scale {tcp.options.wscale.shift}: its windows count in units of {tcp.options.wscale.multiplier} bytes from now on, if the other end sends this option too",
	"윈도 스케일 {tcp.options.wscale.shift}: 상대도 이 옵션을 보내면 앞으로 자신의 윈도를 {tcp.options.wscale.multiplier}바이트 단위로 센다")
NOTE(TCP_OPT_SACK, "tcp.option.sack_permitted", 4, TONE_INFO, "RFC 2018 2",
	"Selective acknowledgements welcome: the other end may say what arrived beyond a hole",
	"선택적 확인 응답(SACK) 가능: 빈 곳 너머로 무엇이 도착했는지 상대가 알려 주어도 된다")
NOTE(TCP_OPT_TIMESTAMPS, "tcp.option.timestamps", 4, TONE_INFO, "RFC 7323 3",
	"Time stamps: every segment carries its sender's clock ({tcp.options.timestamp.tsval} now) and echoes the other's; they measure the round trip and tell old duplicates",
	"타임스탬프: 모든 세그먼트에 보내는 쪽의 시계(지금 {tcp.options.timestamp.tsval})를 싣고 상대의 것을 되돌려 보낸다. 왕복 시간을 재고 오래된 중복을 가려낸다")
NOTE(TCP_FAST_OPEN_ASKED, "tcp.fast_open.asked", 4, TONE_INFO, "RFC 7413 4.1.1",
	"TCP Fast Open: the client asks for a cookie, so that its next connection may carry data in the SYN",
	"TCP Fast Open: 다음 연결에서는 SYN에 데이터를 실을 수 있도록 클라이언트가 쿠키를 청한다")
NOTE(TCP_FAST_OPEN_USED, "tcp.fast_open.used", 4, TONE_INFO, "RFC 7413 4.2",
	"TCP Fast Open: the client shows a cookie of {osilab.tcp.cookie_len} bytes from an earlier connection; the SYN carries {tcp.len} byte(s) of data",
	"TCP Fast Open: 클라이언트가 이전 연결에서 받은 {osilab.tcp.cookie_len}바이트짜리 쿠키를 보인다. SYN에 데이터 {tcp.len}바이트를 실었다")
NOTE(TCP_FAST_OPEN_GIVEN, "tcp.fast_open.given", 4, TONE_INFO, "RFC 7413 4.1.2",
	"TCP Fast Open: the server gives a cookie of {osilab.tcp.cookie_len} bytes for the client's later connections",
	"TCP Fast Open: 클라이언트가 다음 연결에 쓸 {osilab.tcp.cookie_len}바이트짜리 쿠키를 서버가 준다")
NOTE(TCP_FAST_OPEN_TAKEN, "tcp.fast_open.taken", 4, TONE_GOOD, "RFC 7413 4.2",
	"The server took the {osilab.tcp.syn_len} byte(s) that came with the SYN: one round trip saved",
	"SYN과 함께 온 {osilab.tcp.syn_len}바이트를 서버가 받아들였다: 왕복 한 번을 아꼈다")
NOTE(TCP_FAST_OPEN_LEFT, "tcp.fast_open.left", 4, TONE_WARN, "RFC 7413 4.2",
	"The server did not take all of the {osilab.tcp.syn_len} byte(s) that came with the SYN: they have to be sent again",
	"SYN과 함께 온 {osilab.tcp.syn_len}바이트를 서버가 다 받아들이지 않았다: 다시 보내야 한다")
NOTE(TCP_ECN_OFFER, "tcp.ecn.offer", 4, TONE_INFO, "RFC 3168 6.1.1",
	"The flags ECE and CWR in the SYN: routers may mark its packets instead of dropping them (ECN)",
	"SYN에 ECE와 CWR 플래그가 있다: 라우터가 패킷을 버리는 대신 표시만 해도 된다(ECN)")
NOTE(TCP_ECN_OFFER_ACCURATE, "tcp.ecn.offer_accurate", 4, TONE_INFO, "RFC 9768 3.1.1",
	"The flags AE, CWR and ECE in the SYN: routers may mark its packets, and the receiver is asked to count the marks (Accurate ECN)",
	"SYN에 AE, CWR, ECE 플래그가 있다: 라우터가 패킷에 표시해도 되며, 받는 쪽에 표시의 수를 알려 달라고 한다(Accurate ECN)")
NOTE(TCP_ECN_AGREED, "tcp.ecn.agreed", 4, TONE_GOOD, "RFC 3168 6.1.1",
	"The server agrees: congestion shows as marks on this connection, before packets are lost",
	"서버도 동의한다: 이 연결에서는 패킷이 유실되기 전에 혼잡이 표시로 드러난다")
NOTE(TCP_ECN_DECLINED, "tcp.ecn.declined", 4, TONE_INFO, "RFC 3168 6.1.1",
	"The server does not take up the offer: congestion shows as loss only",
	"서버가 제안을 받아들이지 않는다: 혼잡은 유실로만 드러난다")
NOTE(TCP_CONGESTED, "tcp.ecn.marked", 4, TONE_WARN, "RFC 3168 5",
	"A router on the way was congested and marked this packet (CE) instead of dropping it; the {osilab.side} will report it",
	"도중의 라우터가 혼잡하여 이 패킷을 버리는 대신 표시했다(CE). {osilab.side} 쪽이 이를 알릴 것이다")
NOTE(TCP_CONGESTION_ECHO, "tcp.ecn.echo", 4, TONE_WARN, "RFC 3168 6.1.3",
	"The {osilab.side} reports a mark of congestion (ECE), again and again until it hears that the sender slowed down",
	"{osilab.side} 쪽이 혼잡 표시를 받았다고 알린다(ECE). 보내는 쪽이 속도를 줄였다고 할 때까지 되풀이한다")
NOTE(TCP_CONGESTION_REDUCED, "tcp.ecn.reduced", 4, TONE_INFO, "RFC 3168 6.1.2",
	"The {osilab.side} has slowed down (CWR), as after a loss",
	"{osilab.side} 쪽이 유실이 있었을 때처럼 속도를 줄였다(CWR)")
NOTE(TCP_SYNACK, "tcp.handshake.synack", 4, TONE_INFO, "RFC 9293 3.5",
	"Handshake 2 of 3: the server agrees (SYN, ACK): it expects byte {tcp.ack_raw}, the client's number plus one, and counts its own from {tcp.seq_raw}",
	"핸드셰이크 2/3: 서버가 받아들인다(SYN, ACK). 클라이언트 번호에 1을 더한 {tcp.ack_raw}을(를) 기다리며, 자기 바이트는 {tcp.seq_raw}부터 센다")
NOTE(TCP_ESTABLISHED, "tcp.handshake.established", 4, TONE_GOOD, "RFC 9293 3.5",
	"Handshake 3 of 3: the client acknowledges and both ends are open; the round trip took {tcp.analysis.initial_rtt}",
	"핸드셰이크 3/3: 클라이언트가 확인하여 양쪽이 모두 열렸다. 왕복 시간은 {tcp.analysis.initial_rtt}")
NOTE(TCP_SYN_AGAIN, "tcp.handshake.syn_again", 4, TONE_WARN, "RFC 6298 2",
	"The same {osilab.tcp.what} again, attempt {osilab.tcp.times}: {osilab.tcp.after} after the last, {osilab.tcp.since} after the first; no answer came in time",
	"같은 {osilab.tcp.what}을(를) {osilab.tcp.times}번째 보낸다. 바로 앞의 것에서 {osilab.tcp.after}, 첫 번째에서 {osilab.tcp.since} 지났다: 제때 답이 오지 않았다")
NOTE(TCP_BACK_OFF, "tcp.loss.back_off", 4, TONE_INFO, "RFC 6298 5.5",
	"It waited twice as long this time, {osilab.tcp.before} before and {osilab.tcp.after} now: each time-out doubles the next (exponential back-off), so that an overloaded network can recover",
	"이번에는 두 배로 기다렸다. 지난번 {osilab.tcp.before}, 이번 {osilab.tcp.after}: 시간 초과가 될 때마다 다음 대기 시간이 두 배가 되어(지수 백오프) 붐비는 네트워크가 회복할 틈을 준다")
NOTE(TCP_SIMULTANEOUS, "tcp.handshake.simultaneous", 4, TONE_WARN, "RFC 9293 3.5",
	"Both ends asked at the same time (simultaneous open): rare, and legal",
	"양쪽이 동시에 연결을 청했다(동시 열기): 드물지만 허용된다")
NOTE(TCP_REFUSED, "tcp.refused", 4, TONE_BAD, "RFC 9293 3.5.2",
	"Refused: nobody listens on port {tcp.srcport}, so the SYN is answered with RST at once",
	"거절: {tcp.srcport}번 포트에서 듣는 프로그램이 없어 SYN에 곧바로 RST로 답한다")
NOTE(TCP_RESET, "tcp.reset", 4, TONE_BAD, "RFC 9293 3.5.2",
	"The {osilab.side} aborts the connection (RST): {osilab.tcp.why}",
	"{osilab.side} 쪽이 연결을 끊어 버린다(RST): {osilab.tcp.why}")
NOTE(TCP_RESET_OLD, "tcp.reset.old", 4, TONE_WARN, "RFC 9293 3.5.1",
	"The {osilab.side} has no such connection and answers with RST: that ends the old one over there (half-open), and its next SYN can open the new one",
	"{osilab.side} 쪽에는 그런 연결이 없어 RST로 답한다: 상대에게 남은 옛 연결(반쯤 열린 연결)이 끝나고, 다음 SYN으로 새 연결을 열 수 있다")
NOTE(TCP_RESET_CHALLENGED, "tcp.reset.challenged", 4, TONE_WARN, "RFC 5961 3.2",
	"This RST of the {osilab.side} stands {osilab.tcp.off_by} byte(s) beside the number expected, but within the window: the receiver does not believe it and asks back (challenge ACK)",
	"{osilab.side} 쪽의 이 RST는 기다리던 번호에서 {osilab.tcp.off_by}바이트 벗어났지만 윈도 안이다: 받는 쪽은 믿지 않고 되묻는다(challenge ACK)")
NOTE(TCP_RESET_IGNORED, "tcp.reset.ignored", 4, TONE_WARN, "RFC 5961 3.2",
	"This RST of the {osilab.side} stands outside of the window: the receiver drops it, the connection goes on. A late one, or a forged one",
	"{osilab.side} 쪽의 이 RST는 윈도 밖이다: 받는 쪽은 버리고 연결은 이어진다. 늦게 온 것이거나 위조된 것이다")
NOTE(TCP_RESET_HOPS, "tcp.reset.hops", 4, TONE_WARN, "RFC 9293 3.5.2",
	"It arrives with {osilab.ip.ttl} hops left, the {osilab.side}'s first packet had {osilab.ip.ttl_before}: another path, or something between sent it (a firewall, a censor)",
	"남은 홉 수가 {osilab.ip.ttl}이다. {osilab.side} 쪽 첫 패킷의 것은 {osilab.ip.ttl_before}: 다른 경로로 왔거나 중간의 무언가(방화벽, 검열 장비)가 보냈다")
NOTE(TCP_CHALLENGE, "tcp.ack.challenge", 4, TONE_WARN, "RFC 5961 3.2",
	"Challenge ACK: the {osilab.side} says what it really expects; an honest other end would answer with an RST that fits",
	"challenge ACK: {osilab.side} 쪽이 실제로 기다리는 번호를 알린다. 정말로 상대가 보낸 것이라면 번호가 맞는 RST로 답할 것이다")
NOTE(TCP_CHALLENGE_OLD, "tcp.ack.challenge_old", 4, TONE_WARN, "RFC 5961 4.2",
	"No answer to this SYN: the {osilab.side} still holds an older connection on these ports and says what it expects there (challenge ACK)",
	"이 SYN에 대한 답이 아니다: {osilab.side} 쪽은 아직 이 포트의 옛 연결을 가지고 있어 거기서 기다리는 번호를 알린다(challenge ACK)")
NOTE(TCP_ONE_WAY, "tcp.one_way", 4, TONE_WARN, "",
	"Only packets of the {osilab.side} have been captured so far: what the other end sends shows in nothing but the acknowledgements",
	"지금까지 {osilab.side} 쪽의 패킷만 캡처되었다: 상대가 보내는 것은 확인 응답으로만 짐작할 수 있다")
NOTE(TCP_MIDSTREAM, "tcp.midstream", 4, TONE_WARN, "",
	"The capture begins in the middle of this connection: its handshake and what was said before are not known",
	"캡처가 이 연결의 중간에서 시작된다: 핸드셰이크와 그전의 내용은 알 수 없다")
NOTE(TCP_FIN, "tcp.close.fin", 4, TONE_INFO, "RFC 9293 3.6",
	"The {osilab.side} has nothing more to send (FIN); it can still receive: only its own direction closes",
	"{osilab.side} 쪽은 더 보낼 것이 없다(FIN). 아직 받을 수는 있다: 닫히는 것은 자기 방향뿐이다")
NOTE(TCP_HALF_CLOSED, "tcp.close.half", 4, TONE_INFO, "RFC 9293 3.6",
	"Half-closed: the {osilab.side} goes on sending, though the other end has closed its direction",
	"반만 닫힌 상태: 상대는 자기 방향을 닫았지만 {osilab.side} 쪽은 계속 보낸다")
NOTE(TCP_RTT, "tcp.rtt", 4, TONE_INFO, "RFC 6298 2",
	"From here to the {osilab.side} and back took {osilab.tcp.rtt_min} at least, {osilab.tcp.rtt_max} at most, {osilab.tcp.rtt_smoothed} smoothed; from {osilab.tcp.rtt_count} acknowledgement(s), none of data sent twice (Karn)",
	"여기서 {osilab.side} 쪽까지의 왕복 시간: 최소 {osilab.tcp.rtt_min}, 최대 {osilab.tcp.rtt_max}, 평활값 {osilab.tcp.rtt_smoothed}. 확인 응답 {osilab.tcp.rtt_count}개로 쟀으며 다시 보낸 데이터는 뺐다(Karn)")
NOTE(TCP_FIN_BOTH, "tcp.close.fin_both", 4, TONE_INFO, "RFC 9293 3.6",
	"The {osilab.side} closes its direction too (FIN)",
	"{osilab.side} 쪽도 자기 방향을 닫는다(FIN)")
NOTE(TCP_TIME_WAIT, "tcp.close.time_wait", 4, TONE_GOOD, "RFC 9293 3.6.1",
	"Closed in {osilab.tcp.close_segments} segments. The {osilab.side} closed first, so it keeps the connection in TIME-WAIT for two segment lifetimes (60 s on Linux), for late duplicates; the other end is free at once",
	"{osilab.tcp.close_segments}개의 세그먼트로 닫혔다. 먼저 닫은 {osilab.side} 쪽은 늦게 오는 중복에 대비해 세그먼트 수명의 두 배(Linux에서는 60초) 동안 TIME-WAIT에 머물고, 상대는 바로 끝난다")
NOTE(TCP_RETRANSMISSION, "tcp.loss.retransmission", 4, TONE_BAD, "RFC 6298 5",
	"Sent again after {osilab.tcp.after}: no acknowledgement came before the timer ran out",
	"{osilab.tcp.after} 만에 다시 보낸다: 타이머가 끝날 때까지 확인 응답이 오지 않았다")
NOTE(TCP_FAST_RETRANSMISSION, "tcp.loss.fast_retransmission", 4, TONE_BAD, "RFC 5681 3.2",
	"Sent again early, without waiting for the timer: {osilab.tcp.dup_acks} duplicate acknowledgements showed the hole (fast retransmit)",
	"타이머를 기다리지 않고 일찍 다시 보낸다: 중복 ACK {osilab.tcp.dup_acks}개가 빈 곳을 알려 주었다(빠른 재전송)")
NOTE(TCP_SACK_RETRANSMISSION, "tcp.loss.by_sack", 4, TONE_BAD, "RFC 8985 6",
	"Sent again without waiting for the timer: selective acknowledgements up to byte {osilab.tcp.sack_high} showed that it is missing",
	"타이머를 기다리지 않고 다시 보낸다: {osilab.tcp.sack_high}번째 바이트까지의 선택적 확인 응답이 이것이 빠졌음을 알려 주었다")
NOTE(TCP_TAIL_PROBE, "tcp.loss.tail_probe", 4, TONE_WARN, "RFC 8985 7",
	"The last segment again after only {osilab.tcp.after}, sooner than a timer: probably a tail loss probe, whose answer shows what is missing",
	"마지막 세그먼트를 {osilab.tcp.after} 만에, 타이머보다 일찍 다시 보낸다: 무엇이 빠졌는지 답으로 알아내려는 꼬리 유실 탐색(TLP)으로 보인다")
NOTE(TCP_DSACK, "tcp.ack.twice", 4, TONE_WARN, "RFC 2883 4",
	"Bytes from {tcp.options.sack.dsack_le} to before {tcp.options.sack.dsack_re} arrived twice (D-SACK): sending them again was needless, or the network doubled them",
	"바이트 {tcp.options.sack.dsack_le}부터 {tcp.options.sack.dsack_re} 앞까지가 두 번 도착했다(D-SACK): 다시 보낼 필요가 없었거나 네트워크가 복제했다")
NOTE(TCP_EIFEL, "tcp.loss.needless", 4, TONE_WARN, "RFC 3522 3.2",
	"It echoes time stamp {tcp.options.timestamp.tsecr}, from before the second sending ({osilab.tcp.tsval_again}): the first copy had arrived, sending it again was needless",
	"두 번째로 보낸 때({osilab.tcp.tsval_again})보다 앞선 타임스탬프 {tcp.options.timestamp.tsecr}을(를) 되돌려 보낸다: 첫 번째 것이 도착해 있었고 다시 보낼 필요가 없었다")
NOTE(TCP_PAWS, "tcp.paws", 4, TONE_WARN, "RFC 7323 5.3",
	"New data with time stamp {tcp.options.timestamp.tsval}, older than {osilab.tcp.tsval_before} before it: the receiver takes it for an old duplicate and drops it (PAWS)",
	"새 데이터의 타임스탬프 {tcp.options.timestamp.tsval}이(가) 앞선 {osilab.tcp.tsval_before}보다 오래되었다: 받는 쪽은 오래된 중복으로 보고 버린다(PAWS)")
NOTE(TCP_SPURIOUS, "tcp.loss.spurious", 4, TONE_WARN, "RFC 4015",
	"Sent again although it had been acknowledged already: the first copy had arrived (spurious retransmission)",
	"이미 확인 응답을 받은 것을 다시 보낸다: 첫 번째 것이 도착해 있었다(불필요한 재전송)")
NOTE(TCP_OUT_OF_ORDER, "tcp.order", 4, TONE_WARN, "RFC 9293 3.10.7.4",
	"Out of order: it was sent before a segment seen earlier; the receiver puts it in its place",
	"순서가 바뀌었다: 먼저 보인 세그먼트보다 앞서 보낸 것이며, 받는 쪽이 제자리에 넣는다")
NOTE(TCP_LOST, "tcp.loss.lost", 4, TONE_BAD, "RFC 5681",
	"{osilab.tcp.missing} byte(s) before this segment were not seen here: lost on the way, or missed by the capture",
	"이 세그먼트 앞의 {osilab.tcp.missing}바이트가 여기서 보이지 않았다: 도중에 유실되었거나 캡처가 놓쳤다")
NOTE(TCP_DUP_ACK, "tcp.ack.duplicate", 4, TONE_WARN, "RFC 5681 2",
	"Duplicate acknowledgement no. {osilab.tcp.dup_acks}: the receiver still waits for byte {tcp.ack}",
	"중복 ACK {osilab.tcp.dup_acks}번째: 받는 쪽은 아직 {tcp.ack}번째 바이트를 기다린다")
NOTE(TCP_SACK, "tcp.ack.selective", 4, TONE_INFO, "RFC 2018",
	"Selective acknowledgement: bytes {osilab.tcp.sack} arrived beyond the hole, only the hole must be sent again",
	"선택적 확인 응답: 빈 곳 너머 바이트 {osilab.tcp.sack}은(는) 도착했으니 빈 곳만 다시 보내면 된다")
NOTE(TCP_ACK_LOST, "tcp.ack.unseen", 4, TONE_WARN, "RFC 9293 3.4",
	"It acknowledges bytes that were not seen here, from byte {osilab.tcp.unseen} on: they arrived, it is this capture that missed them",
	"여기서 보이지 않은 바이트를 {osilab.tcp.unseen}번째부터 확인 응답한다: 상대에게는 도착했고, 이 캡처가 놓쳤다")
NOTE(TCP_ZERO_WINDOW, "tcp.window.zero", 4, TONE_BAD, "RFC 9293 3.8.6",
	"The {osilab.side}'s buffer is full (window 0): the sender must stop until it reads again",
	"{osilab.side} 쪽의 버퍼가 가득 찼다(윈도 0): 다시 읽을 때까지 보내는 쪽은 멈춰야 한다")
NOTE(TCP_WINDOW_OPEN, "tcp.window.open", 4, TONE_INFO, "RFC 9293 3.8.6",
	"The {osilab.side} reads again: window {tcp.window_size} bytes",
	"{osilab.side} 쪽이 다시 읽는다: 윈도 {tcp.window_size}바이트")
NOTE(TCP_WINDOW_STILL, "tcp.window.still_zero", 4, TONE_WARN, "RFC 9293 3.8.6.1",
	"Answer to the probe: the {osilab.side}'s window is still closed",
	"탐색에 대한 답: {osilab.side} 쪽의 윈도는 아직 닫혀 있다")
NOTE(TCP_WINDOW_UPDATE, "tcp.window.update", 4, TONE_INFO, "RFC 9293 3.8.6",
	"Only a new window: the {osilab.side} has room for {tcp.window_size} bytes",
	"윈도만 새로 알린다: {osilab.side} 쪽에 {tcp.window_size}바이트 들어갈 자리가 있다")
NOTE(TCP_WINDOW_FULL, "tcp.window.full", 4, TONE_WARN, "RFC 9293 3.8.6",
	"This fills the receiver's window to the last byte: the sender has to wait for room",
	"받는 쪽의 윈도를 마지막 바이트까지 채웠다: 보내는 쪽은 자리가 나기를 기다려야 한다")
NOTE(TCP_WINDOW_PROBE, "tcp.window.probe", 4, TONE_INFO, "RFC 9293 3.8.6.1",
	"Window probe: the sender asks whether the closed window has opened",
	"윈도 탐색: 닫힌 윈도가 열렸는지 보내는 쪽이 묻는다")
NOTE(TCP_KEEP_ALIVE, "tcp.keep_alive", 4, TONE_INFO, "RFC 9293 3.8.4",
	"TCP keep-alive: is the other end still there? (Not HTTP's keep-alive, which reuses a connection.)",
	"TCP keep-alive: 상대가 아직 있는가? (연결을 재사용하는 HTTP의 keep-alive와는 다르다.)")
NOTE(TCP_KEEP_ALIVE_ACK, "tcp.keep_alive.ack", 4, TONE_INFO, "RFC 9293 3.8.4",
	"Answer to the keep-alive: the {osilab.side} is still there",
	"keep-alive에 대한 답: {osilab.side} 쪽은 아직 있다")
NOTE(TCP_PORTS_REUSED, "tcp.ports_reused", 4, TONE_INFO, "RFC 9293 3.6.1",
	"A new connection with the ports of an older one",
	"이전 연결과 같은 포트를 쓰는 새 연결이다")
NOTE(PACKET_TWICE, "packet.twice", 2, TONE_INFO, "",
	"The same packet captured twice (as on lo, any or a bridge), {osilab.tcp.after} after its first sight: no retransmission",
	"같은 패킷이 두 번 캡처되었다(lo, any, 브리지에서 흔하다). 처음 본 뒤 {osilab.tcp.after}: 재전송이 아니다")
NOTE(STREAM_GAP, "tcp.stream.gap", 4, TONE_BAD, "",
	"{osilab.tcp.missing} byte(s) of the {osilab.side}'s stream never appear in this capture ({osilab.tcp.why}); reading picks up again behind them",
	"{osilab.side} 쪽 스트림의 {osilab.tcp.missing}바이트가 이 캡처에 끝내 나타나지 않는다({osilab.tcp.why}). 그 뒤부터 다시 읽는다")
NOTE(STREAM_CONFLICT, "tcp.stream.conflict", 4, TONE_BAD, "RFC 9293 3.10.7.4",
	"The {osilab.side} sends bytes again, but not the same ones: what came first counts. A forged segment (injection), or something between that rewrites the stream",
	"{osilab.side} 쪽이 같은 자리의 바이트를 다르게 다시 보낸다: 먼저 온 것을 따른다. 위조된 세그먼트(주입)이거나 중간의 무언가가 스트림을 고쳐 쓴다")
NOTE(STREAM_DROPPED, "tcp.stream.dropped", 4, TONE_WARN, "",
	"Reassembly reached its memory limit and gave up bytes of this flow (see --memory)",
	"재조립 메모리 한도에 이르러 이 흐름의 바이트를 버렸다(--memory 참고)")

/* --- Two captures --------------------------------------------------------------------------------------- */
NOTE(VANTAGE_LOST, "vantage.lost", 3, TONE_BAD, "",
	"Lost on the way: {osilab.vantage.place} saw it leave, {osilab.vantage.other} never saw it arrive",
	"도중에 유실되었다: {osilab.vantage.place}에서는 나갔지만 {osilab.vantage.other}에는 끝내 도착하지 않았다")
NOTE(VANTAGE_UNSEEN, "vantage.unseen", 3, TONE_WARN, "",
	"Arrived at {osilab.vantage.place}, although {osilab.vantage.other}, on its way, does not have it: that capture missed it, or something between the two made it",
	"{osilab.vantage.place}에 도착했지만 그 길에 있는 {osilab.vantage.other}에는 없다: 그 캡처가 놓쳤거나 둘 사이의 무언가가 만들어 낸 패킷이다")
NOTE(VANTAGE_CLOCKS, "vantage.clocks", 3, TONE_INFO, "RFC 5905 8",
	"Two captures: the clock of {osilab.vantage.other} is {osilab.vantage.offset} ahead of that of {osilab.vantage.place}; packets take {osilab.vantage.delay} from one to the other at least, both ways taken for equally long. Times are those of {osilab.vantage.place}",
	"두 캡처: {osilab.vantage.other}의 시계가 {osilab.vantage.place}보다 {osilab.vantage.offset} 앞선다. 양방향이 같다고 보면 한쪽에서 다른 쪽까지 적어도 {osilab.vantage.delay}이(가) 걸린다. 시각은 {osilab.vantage.place} 기준이다")
NOTE(VANTAGE_ONE_WAY, "vantage.one_way", 3, TONE_WARN, "RFC 5905 8",
	"Two captures, but packets crossed in one direction only: what {osilab.vantage.other} is later, {osilab.vantage.offset}, is its clock and the delay together",
	"두 캡처이지만 패킷이 한 방향으로만 지나갔다: {osilab.vantage.other}이(가) 늦은 {osilab.vantage.offset}에는 시계 차이와 지연이 함께 들어 있다")
NOTE(VANTAGE_SUM, "vantage.sum", 3, TONE_INFO, "",
	"{osilab.vantage.both} packet(s) were seen at both places; {osilab.vantage.lost} left {osilab.vantage.place} and {osilab.vantage.lost_other} left {osilab.vantage.other} without arriving",
	"양쪽에서 모두 보인 패킷은 {osilab.vantage.both}개다. {osilab.vantage.place}을(를) 떠난 {osilab.vantage.lost}개와 {osilab.vantage.other}을(를) 떠난 {osilab.vantage.lost_other}개는 도착하지 않았다")

/* --- TLS ------------------------------------------------------------------------------------------------ */
NOTE(TLS_CLIENT_HELLO, "tls.client_hello", 5, TONE_INFO, "RFC 8446 4.1.2",
	"ClientHello for {osilab.tls.host}: speaks {osilab.tls.versions}, wants {osilab.tls.alpn} inside. All of this is readable on the way",
	"{osilab.tls.host}에 보내는 ClientHello: {osilab.tls.versions}을(를) 지원하고 안에서 {osilab.tls.alpn}을(를) 쓰려 한다. 여기까지는 도중에 누구나 읽을 수 있다")
NOTE(TLS_OFFER, "tls.offer", 5, TONE_INFO, "RFC 8446 4.2",
	"It offers {osilab.tls.suite_count} cipher suites ({osilab.tls.suites}), the groups {osilab.tls.groups}, and sends key shares for {osilab.tls.key_shares} in advance",
	"암호 스위트 {osilab.tls.suite_count}개({osilab.tls.suites})와 그룹 {osilab.tls.groups}을(를) 제안하고, {osilab.tls.key_shares}의 키 공유값을 미리 보낸다")
NOTE(TLS_OFFER_MORE, "tls.offer.more", 5, TONE_INFO, "RFC 8446 4.2.3",
	"It checks signatures made with {osilab.tls.schemes}. It also says: {osilab.tls.also}",
	"확인할 수 있는 서명 방식: {osilab.tls.schemes}. 그 밖에 알리는 것: {osilab.tls.also}")
NOTE(TLS_FINGERPRINT, "tls.fingerprint", 5, TONE_INFO, "",
	"Fingerprint of the client's program, the same wherever it connects to: JA4 {tls.handshake.ja4}, JA3 {tls.handshake.ja3}",
	"어디에 연결하든 같은 클라이언트 프로그램의 지문: JA4 {tls.handshake.ja4}, JA3 {tls.handshake.ja3}")
NOTE(TLS_PSK_OFFER, "tls.psk.offer", 5, TONE_INFO, "RFC 8446 4.2.11",
	"It offers to go on with the session whose ticket came in packet {osilab.ref}, and proves with {osilab.tls.binders} binder(s) that it knows its secret",
	"패킷 {osilab.ref}에서 티켓을 받은 세션을 이어 가자고 제안하며, 그 비밀을 안다는 것을 바인더 {osilab.tls.binders}개로 증명한다")
NOTE(TLS_PSK_OFFER_UNSEEN, "tls.psk.offer_unseen", 5, TONE_INFO, "RFC 8446 4.2.11",
	"It offers {osilab.tls.psks} pre-shared key(s) from sessions that this capture does not show (or shows encrypted), with {osilab.tls.binders} binder(s) as proof",
	"이 캡처에 없거나 암호화되어 보이지 않는 세션의 사전 공유 키 {osilab.tls.psks}개를 바인더 {osilab.tls.binders}개로 증명하며 제안한다")
NOTE(TLS_TICKET_OFFER, "tls.ticket.offer", 5, TONE_INFO, "RFC 5077 3.4",
	"It offers to resume the session of packet {osilab.ref}, where this ticket or session identifier was handed out",
	"패킷 {osilab.ref}에서 받은 티켓이나 세션 식별자로 그 세션을 재개하자고 제안한다")
NOTE(TLS_EARLY_OFFER, "tls.early_data.offer", 5, TONE_WARN, "RFC 8446 2.3",
	"0-RTT: the client sends data before the server has answered. Whoever recorded them can send them again: only requests that do no harm twice belong here",
	"0-RTT: 서버가 답하기 전에 클라이언트가 데이터를 보낸다. 이를 녹화한 사람은 그대로 다시 보낼 수 있으므로, 두 번 처리되어도 해가 없는 요청만 실어야 한다")
NOTE(TLS_EARLY_ACCEPTED, "tls.early_data.accepted", 5, TONE_INFO, "RFC 8446 4.2.10",
	"The server takes the 0-RTT data",
	"서버가 0-RTT 데이터를 받아들인다")
NOTE(TLS_EARLY_REFUSED, "tls.early_data.refused", 5, TONE_INFO, "RFC 8446 4.2.10",
	"The server refuses the 0-RTT data: the client has to send them again after the handshake",
	"서버가 0-RTT 데이터를 거절한다: 클라이언트는 핸드셰이크 뒤에 다시 보내야 한다")
NOTE(TLS_EARLY_OPENED, "tls.early_data.opened", 6, TONE_WARN, "RFC 8446 8",
	"These are 0-RTT data: without forward secrecy, and open to replay",
	"0-RTT 데이터다: 순방향 비밀성이 없고 재전송 공격을 받을 수 있다")
NOTE(TLS_ECH, "tls.ech", 5, TONE_GOOD, "RFC 9849",
	"Encrypted Client Hello: the name in clear is only the outer one, and the true one is sealed - or this is a decoy (GREASE): from outside the two look alike",
	"Encrypted Client Hello: 평문으로 보이는 이름은 바깥 이름일 뿐이고 진짜 이름은 암호화되어 있다. 흉내(GREASE)일 수도 있으며 밖에서는 둘을 구별할 수 없다")
NOTE(TLS_HELLO_AGAIN, "tls.client_hello.again", 5, TONE_INFO, "RFC 8446 4.1.2",
	"The second ClientHello, as asked in packet {osilab.ref}: now with a key share for {osilab.tls.key_shares}, one round trip ({osilab.tls.after}) later",
	"패킷 {osilab.ref}의 요청에 따른 두 번째 ClientHello: 이번에는 {osilab.tls.key_shares}의 키 공유값을 싣는다. 왕복 한 번({osilab.tls.after})이 더 걸렸다")
NOTE(TLS_RENEGOTIATION, "tls.renegotiation", 5, TONE_WARN, "RFC 5746 1",
	"Renegotiation: a new handshake inside the encrypted connection; TLS 1.3 has done away with it",
	"재협상: 암호화된 연결 안에서 핸드셰이크를 다시 한다. TLS 1.3에서는 없어졌다")
NOTE(TLS_SERVER_HELLO, "tls.server_hello", 5, TONE_INFO, "RFC 8446 4.1.3",
	"ServerHello: {osilab.tls.version}, {osilab.tls.suite}, key exchange over {osilab.tls.group}",
	"ServerHello: {osilab.tls.version}, {osilab.tls.suite}, 키 교환은 {osilab.tls.group}")
NOTE(TLS_ALPN_12, "tls.alpn", 5, TONE_INFO, "RFC 7301 3.2",
	"The server chose {osilab.tls.alpn} to speak inside; before TLS 1.3 this is readable on the way",
	"서버가 안에서 쓸 프로토콜로 {osilab.tls.alpn}을(를) 골랐다. TLS 1.3 이전에는 도중에 읽을 수 있다")
NOTE(TLS_OLD_VERSION, "tls.old_version", 5, TONE_WARN, "RFC 8996",
	"{osilab.tls.version} must not be used any more: its digests are MD5 and SHA-1, its CBC mode has known attacks",
	"{osilab.tls.version}은(는) 더 이상 써서는 안 된다: MD5와 SHA-1에 기대고, CBC 모드에는 알려진 공격이 있다")
NOTE(TLS_WEAK_SUITE, "tls.weak_suite", 5, TONE_BAD, "RFC 9325 4.1",
	"{osilab.tls.suite} is broken or protects nothing: {osilab.tls.why}",
	"{osilab.tls.suite}은(는) 깨졌거나 아무것도 지켜 주지 않는다: {osilab.tls.why}")
NOTE(TLS_NO_FORWARD_SECRECY, "tls.no_forward_secrecy", 5, TONE_WARN, "RFC 9325 4.1",
	"No forward secrecy: with RSA key exchange, whoever gets the server's private key one day can decrypt this recording",
	"순방향 비밀성이 없다: RSA 키 교환에서는 언젠가 서버의 개인키를 얻은 사람이 이 녹화를 복호화할 수 있다")
NOTE(TLS_DOWNGRADE_MARK, "tls.downgrade.mark", 5, TONE_INFO, "RFC 8446 4.1.3",
	"The server's random ends in the downgrade mark: it could speak a newer version than {osilab.tls.version}, which this client did not offer",
	"서버 난수의 끝이 다운그레이드 표시다: 서버는 {osilab.tls.version}보다 새 버전도 할 수 있지만 이 클라이언트가 제안하지 않았다")
NOTE(TLS_DOWNGRADE, "tls.downgrade", 5, TONE_BAD, "RFC 8446 4.1.3",
	"Downgrade: both ends speak a newer version than {osilab.tls.version}, and the server's random says so. Somebody between them changed the offer; the client must break off",
	"다운그레이드: 양쪽 모두 {osilab.tls.version}보다 새 버전을 할 수 있고 서버 난수가 그것을 알린다. 중간에서 누군가 제안을 바꾸었으니 클라이언트는 연결을 끊어야 한다")
NOTE(TLS_HELLO_RETRY, "tls.hello_retry", 5, TONE_WARN, "RFC 8446 4.1.4",
	"HelloRetryRequest: the server wants a key share for {osilab.tls.group}, and the client sent only {osilab.tls.key_shares}; the handshake costs one more round trip",
	"HelloRetryRequest: 서버는 {osilab.tls.group}의 키 공유값을 원하는데 클라이언트는 {osilab.tls.key_shares}만 보냈다. 핸드셰이크에 왕복이 한 번 더 든다")
NOTE(TLS_HELLO_RETRY_COOKIE, "tls.hello_retry.cookie", 5, TONE_INFO, "RFC 8446 4.2.2",
	"HelloRetryRequest with a cookie: the client must send it back, which shows that it receives what is sent to its address; one more round trip",
	"쿠키를 담은 HelloRetryRequest: 클라이언트가 그대로 돌려보내야 하며, 자기 주소로 오는 것을 받는다는 증명이 된다. 왕복이 한 번 더 든다")
NOTE(TLS_RESUMED, "tls.resumed", 5, TONE_GOOD, "RFC 8446 2.2",
	"Resumed: the secret of an earlier session is used again, no certificate is needed",
	"재개: 이전 세션의 비밀을 다시 쓰므로 인증서가 필요 없다")
NOTE(TLS_RESUMED_FROM, "tls.resumed_from", 5, TONE_GOOD, "RFC 8446 2.2",
	"Resumed: the secret of the session of packet {osilab.ref} is used again, no certificate is needed",
	"재개: 패킷 {osilab.ref}의 세션이 나눈 비밀을 다시 쓰므로 인증서가 필요 없다")
NOTE(TLS_NOT_RESUMED, "tls.not_resumed", 5, TONE_INFO, "RFC 8446 4.2.11",
	"The server does not take up the earlier session the client offered: a full handshake follows",
	"클라이언트가 제안한 이전 세션을 서버가 받아들이지 않는다: 전체 핸드셰이크를 한다")
NOTE(TLS_ENCRYPTED_NOW, "tls.encrypted_now", 6, TONE_GOOD, "RFC 8446 2",
	"From here on all is encrypted, the certificate too: an eavesdropper sees only sizes, times and addresses",
	"여기서부터는 인증서까지 모두 암호화된다: 엿보는 사람은 크기와 시각, 주소만 본다")
NOTE(TLS_ENCRYPTED_NOW_12, "tls.encrypted_now_12", 6, TONE_GOOD, "RFC 5246 7.1",
	"ChangeCipherSpec: from here on the {osilab.side} encrypts",
	"ChangeCipherSpec: 여기서부터 {osilab.side} 쪽이 암호화한다")
NOTE(TLS_SEEN_13, "tls.seen_13", 6, TONE_INFO, "RFC 8446 E.1",
	"In sum, an eavesdropper saw of this handshake: the name asked for ({osilab.tls.host}), the offers ({osilab.tls.alpn}), {osilab.tls.suite}; {osilab.tls.client_bytes} bytes of the client and {osilab.tls.server_bytes} of the server within {osilab.tls.took}. Not seen: {osilab.tls.unseen}, and which protocol was chosen",
	"요약하면 엿보는 사람이 이 핸드셰이크에서 본 것: 요청한 이름({osilab.tls.host}), 제안({osilab.tls.alpn}), {osilab.tls.suite}, 그리고 {osilab.tls.took} 동안 오간 클라이언트 {osilab.tls.client_bytes}바이트와 서버 {osilab.tls.server_bytes}바이트. 보지 못한 것: {osilab.tls.unseen}, 그리고 실제로 고른 프로토콜")
NOTE(TLS_SEEN_12, "tls.seen_12", 6, TONE_WARN, "RFC 5246 F.1",
	"In sum, an eavesdropper saw of this handshake: the name asked for ({osilab.tls.host}), the protocol chosen ({osilab.tls.alpn}), {osilab.tls.suite}, the whole certificate chain; {osilab.tls.client_bytes} bytes of the client and {osilab.tls.server_bytes} of the server within {osilab.tls.took}. Not seen: what follows, but for its sizes and times",
	"요약하면 엿보는 사람이 이 핸드셰이크에서 본 것: 요청한 이름({osilab.tls.host}), 고른 프로토콜({osilab.tls.alpn}), {osilab.tls.suite}, 인증서 체인 전체, 그리고 {osilab.tls.took} 동안 오간 클라이언트 {osilab.tls.client_bytes}바이트와 서버 {osilab.tls.server_bytes}바이트. 보지 못한 것: 그 뒤의 내용(크기와 시각은 보인다)")
NOTE(TLS_SEEN_12_RESUMED, "tls.seen_12_resumed", 6, TONE_INFO, "RFC 5246 F.1.4",
	"In sum, an eavesdropper saw of this resumed handshake: the name asked for ({osilab.tls.host}), the protocol chosen ({osilab.tls.alpn}), {osilab.tls.suite}, and which earlier session it goes on with; {osilab.tls.client_bytes} bytes of the client and {osilab.tls.server_bytes} of the server within {osilab.tls.took}. Not seen: a certificate, none was sent, and what follows",
	"요약하면 엿보는 사람이 이 재개 핸드셰이크에서 본 것: 요청한 이름({osilab.tls.host}), 고른 프로토콜({osilab.tls.alpn}), {osilab.tls.suite}, 어느 이전 세션을 잇는지, 그리고 {osilab.tls.took} 동안 오간 클라이언트 {osilab.tls.client_bytes}바이트와 서버 {osilab.tls.server_bytes}바이트. 보지 못한 것: 보내지 않은 인증서와 그 뒤의 내용")
NOTE(TLS_CCS, "tls.ccs", 5, TONE_INFO, "RFC 8446 D.4",
	"ChangeCipherSpec: means nothing in TLS 1.3, sent so that old middleboxes take this for TLS 1.2",
	"ChangeCipherSpec: TLS 1.3에서는 뜻이 없고, 오래된 중간 장비가 TLS 1.2로 여기도록 보낸다")
NOTE(TLS_EXTENSIONS, "tls.encrypted_extensions", 5, TONE_INFO, "RFC 8446 4.3.1",
	"EncryptedExtensions (decrypted): the server chose {osilab.tls.alpn} to speak inside",
	"EncryptedExtensions(복호화됨): 서버가 안에서 쓸 프로토콜로 {osilab.tls.alpn}을(를) 골랐다")
NOTE(TLS_CERTIFICATE, "tls.certificate", 5, TONE_INFO, "RFC 5280 4.1",
	"Certificate {osilab.cert.position} of {osilab.cert.count} from the {osilab.side} ({osilab.tls.how}), {osilab.cert.role}: {osilab.cert.subject}, valid for {osilab.cert.sans}, issued by {osilab.cert.issuer}, {osilab.cert.key}, signed with {osilab.cert.sig_alg}, from {osilab.cert.not_before} until {osilab.cert.not_after}",
	"{osilab.side} 쪽의 인증서 {osilab.cert.count}개 중 {osilab.cert.position}번째({osilab.tls.how}), {osilab.cert.role}: {osilab.cert.subject}, 대상 이름 {osilab.cert.sans}, 발급자 {osilab.cert.issuer}, {osilab.cert.key}, 서명 {osilab.cert.sig_alg}, {osilab.cert.not_before}부터 {osilab.cert.not_after}까지")
NOTE(TLS_CERT_VALID, "tls.certificate.valid", 5, TONE_GOOD, "RFC 5280 4.1.2.5",
	"Valid at the time of this packet: {osilab.cert.left} of its {osilab.cert.life} are left",
	"이 패킷의 시각에 유효하다: 유효 기간 {osilab.cert.life} 중 {osilab.cert.left} 남았다")
NOTE(TLS_CERT_EXPIRED, "tls.certificate.expired", 5, TONE_BAD, "RFC 5280 4.1.2.5",
	"Expired {osilab.cert.ago} before this packet (on {osilab.cert.not_after})",
	"이 패킷보다 {osilab.cert.ago} 전에 만료되었다({osilab.cert.not_after})")
NOTE(TLS_CERT_NOT_YET, "tls.certificate.not_yet", 5, TONE_BAD, "RFC 5280 4.1.2.5",
	"Not valid yet: it begins {osilab.cert.ahead} after this packet (on {osilab.cert.not_before}); a wrong clock, mostly",
	"아직 유효하지 않다: 이 패킷보다 {osilab.cert.ahead} 뒤({osilab.cert.not_before})부터다. 대개 시계가 틀린 것이다")
NOTE(TLS_CERT_SELF_SIGNED, "tls.certificate.self_signed", 5, TONE_WARN, "RFC 5280 3.2",
	"Self-signed: nobody but itself vouches for it",
	"자체 서명: 스스로 말고는 보증하는 곳이 없다")
NOTE(TLS_CERT_NAME, "tls.certificate.name", 5, TONE_BAD, "RFC 9525 6",
	"The certificate does not name {tls.handshake.extensions_server_name}, which the client asked for",
	"클라이언트가 청한 {tls.handshake.extensions_server_name}이(가) 인증서에 없다")
NOTE(TLS_CERT_WEAK_KEY, "tls.certificate.weak_key", 5, TONE_BAD, "RFC 9325 4.5",
	"{osilab.cert.key} is too short a key: it can be found out from the certificate with enough machines",
	"{osilab.cert.key} 키는 너무 짧다: 장비만 넉넉하면 인증서에서 개인키를 알아낼 수 있다")
NOTE(TLS_CERT_WEAK_HASH, "tls.certificate.weak_hash", 5, TONE_BAD, "RFC 9155",
	"Signed with {osilab.cert.sig_alg}: a second certificate with the same digest can be made, and the signature fits both",
	"{osilab.cert.sig_alg}(으)로 서명되었다: 다이제스트가 같은 다른 인증서를 만들 수 있고 서명은 양쪽에 모두 맞는다")
NOTE(TLS_CHAIN_ORDER, "tls.certificate.order", 5, TONE_WARN, "RFC 5246 7.4.2",
	"The chain is out of order here: this certificate names {osilab.cert.issuer} as its issuer, and the next one is that of {osilab.cert.subject}",
	"여기서 체인의 순서가 어긋난다: 이 인증서의 발급자는 {osilab.cert.issuer}인데 다음 인증서는 {osilab.cert.subject}의 것이다")
NOTE(TLS_CHAIN_NOT_CA, "tls.certificate.not_ca", 5, TONE_BAD, "RFC 5280 4.2.1.9",
	"{osilab.cert.subject} may not issue certificates (no CA:TRUE), and yet it stands here as an issuer",
	"{osilab.cert.subject}은(는) 인증서를 발급할 수 없는데(CA:TRUE 없음) 여기서는 발급자로 쓰였다")
NOTE(TLS_CERT_NONE, "tls.certificate.none", 5, TONE_WARN, "RFC 8446 4.4.2.4",
	"The {osilab.side} has no certificate to show",
	"{osilab.side} 쪽에는 보여 줄 인증서가 없다")
NOTE(TLS_CERT_COMPRESSED, "tls.certificate.compressed", 5, TONE_INFO, "RFC 8879 4",
	"The certificates come compressed with {osilab.tls.algorithm}: {osilab.tls.bytes} bytes for {osilab.tls.bytes_inside}",
	"인증서가 {osilab.tls.algorithm}(으)로 압축되어 온다: {osilab.tls.bytes_inside}바이트가 {osilab.tls.bytes}바이트로")
NOTE(TLS_CERT_PACKED, "tls.certificate.packed", 5, TONE_INFO, "RFC 8879 3",
	"They are not shown: {osilab.tls.algorithm} is not unpacked here, or the data are damaged",
	"내용은 보여 주지 않는다: {osilab.tls.algorithm}은(는) 여기서 풀지 않거나 데이터가 손상되었다")
NOTE(TLS_CERT_REQUEST, "tls.certificate_request", 5, TONE_INFO, "RFC 8446 4.3.2",
	"CertificateRequest: the server asks the client who it is, too. It accepts {osilab.tls.authority_count} authorities ({osilab.tls.authorities}) and the signatures {osilab.tls.schemes}",
	"CertificateRequest: 서버가 클라이언트에게도 신원을 묻는다. 받아들이는 인증 기관 {osilab.tls.authority_count}곳({osilab.tls.authorities}), 서명 방식 {osilab.tls.schemes}")
NOTE(TLS_OCSP, "tls.ocsp", 5, TONE_GOOD, "RFC 6066 8",
	"An OCSP answer is stapled ({osilab.tls.bytes} bytes): the issuer says that the certificate is not revoked, and the client need not ask it and tell where it goes",
	"OCSP 응답이 함께 온다({osilab.tls.bytes}바이트): 인증서가 폐기되지 않았음을 발급자가 알리므로, 클라이언트가 따로 물어 행선지를 드러낼 필요가 없다")
NOTE(TLS_SCT, "tls.sct", 5, TONE_GOOD, "RFC 6962 3.3",
	"It comes with certificate transparency timestamps ({osilab.tls.bytes} bytes): public logs have seen this certificate",
	"인증서 투명성 타임스탬프({osilab.tls.bytes}바이트)가 함께 온다: 공개 로그가 이 인증서를 보았다")
NOTE(TLS_SERVER_KEY, "tls.server_key", 5, TONE_INFO, "RFC 8422 5.4",
	"ServerKeyExchange: the server's key share for {osilab.tls.group}, signed with {osilab.tls.scheme} so that nobody can put his own in its place",
	"ServerKeyExchange: {osilab.tls.group}의 서버 키 공유값. 누가 바꿔치지 못하도록 {osilab.tls.scheme}(으)로 서명했다")
NOTE(TLS_WEAK_DH, "tls.weak_dh", 5, TONE_BAD, "RFC 9325 4.4",
	"A prime of {osilab.tls.bits} bits is too short for Diffie-Hellman (Logjam)",
	"{osilab.tls.bits}비트 소수는 Diffie-Hellman에 너무 짧다(Logjam)")
NOTE(TLS_CERT_VERIFY, "tls.certificate_verify", 5, TONE_INFO, "RFC 8446 4.4.3",
	"CertificateVerify: the {osilab.side} proves that it holds the certificate's private key ({osilab.tls.scheme})",
	"CertificateVerify: {osilab.side} 쪽이 인증서의 개인키를 가졌음을 증명한다({osilab.tls.scheme})")
NOTE(TLS_FINISHED, "tls.finished", 5, TONE_GOOD, "RFC 8446 4.4.4",
	"Finished: the {osilab.side} proves with a MAC over the whole handshake that nobody changed it on the way",
	"Finished: 핸드셰이크 전체에 대한 MAC으로 도중에 아무도 바꾸지 않았음을 {osilab.side} 쪽이 증명한다")
NOTE(TLS_TICKET, "tls.ticket", 5, TONE_INFO, "RFC 8446 4.6.1",
	"NewSessionTicket: with it the client may resume this session within {osilab.tls.lifetime}",
	"NewSessionTicket: 클라이언트는 {osilab.tls.lifetime} 안에 이것으로 세션을 재개할 수 있다")
NOTE(TLS_TICKET_EARLY, "tls.ticket.early_data", 5, TONE_INFO, "RFC 8446 4.2.10",
	"With this ticket up to {osilab.tls.bytes} bytes may be sent as 0-RTT data",
	"이 티켓으로는 최대 {osilab.tls.bytes}바이트를 0-RTT로 보낼 수 있다")
NOTE(TLS_KEY_UPDATE, "tls.key_update", 5, TONE_INFO, "RFC 8446 4.6.3",
	"KeyUpdate: the {osilab.side} moves on to the next generation of keys",
	"KeyUpdate: {osilab.side} 쪽이 다음 세대의 키로 넘어간다")
NOTE(TLS_KEY_UPDATE_BOTH, "tls.key_update.both", 5, TONE_INFO, "RFC 8446 4.6.3",
	"KeyUpdate: the {osilab.side} moves on to the next generation of keys, and asks the other side to do the same",
	"KeyUpdate: {osilab.side} 쪽이 다음 세대의 키로 넘어가며 상대에게도 그렇게 해 달라고 한다")
NOTE(TLS_HANDSHAKE, "tls.handshake", 5, TONE_INFO, "RFC 8446 4",
	"{osilab.tls.message} from the {osilab.side}",
	"{osilab.side} 쪽의 {osilab.tls.message}")
NOTE(TLS_CLOSE_NOTIFY, "tls.close_notify", 5, TONE_GOOD, "RFC 8446 6.1",
	"close_notify: the {osilab.side} ends its data on purpose, so that a cut connection cannot pass for the end",
	"close_notify: {osilab.side} 쪽이 데이터의 끝을 분명히 알린다. 끊긴 연결이 끝으로 보이는 일을 막는다")
NOTE(TLS_ALERT, "tls.alert", 5, TONE_BAD, "RFC 8446 6.2",
	"Alert from the {osilab.side}: {osilab.tls.alert}. {osilab.tls.alert_words}; this ends {osilab.tls.ended}",
	"{osilab.side} 쪽의 경고: {osilab.tls.alert}. {osilab.tls.alert_words}. 이것으로 {osilab.tls.ended}")
NOTE(TLS_ALERT_WARNING, "tls.alert.warning", 5, TONE_WARN, "RFC 5246 7.2.2",
	"Warning from the {osilab.side}: {osilab.tls.alert}. {osilab.tls.alert_words}; the connection may go on",
	"{osilab.side} 쪽의 주의: {osilab.tls.alert}. {osilab.tls.alert_words}. 연결은 이어질 수 있다")
NOTE(TLS_ALERT_SEALED, "tls.alert_sealed", 5, TONE_INFO, "RFC 8446 6",
	"An encrypted alert: what it says is not known",
	"암호화된 경고: 내용은 알 수 없다")
NOTE(TLS_RENEGOTIATION_SEALED, "tls.renegotiation.sealed", 5, TONE_WARN, "RFC 5746 1",
	"An encrypted handshake message on an open connection: a renegotiation or a request for one; what it says is not known",
	"열린 연결에서 암호화된 핸드셰이크 메시지: 재협상이거나 그 요청이며 내용은 알 수 없다")
NOTE(TLS_SEALED, "tls.sealed", 6, TONE_INFO, "RFC 8446 5.2",
	"{osilab.tls.records} encrypted record(s), {osilab.tls.bytes} bytes: all an eavesdropper gets",
	"암호화된 레코드 {osilab.tls.records}개, {osilab.tls.bytes}바이트: 엿보는 사람이 얻는 전부다")
NOTE(TLS_OPENED, "tls.opened", 6, TONE_INFO, "RFC 8446 5.2",
	"Decrypted with the key log: {osilab.tls.bytes} bytes of {osilab.tls.content}. On the wire it is ciphertext",
	"키 로그로 복호화: {osilab.tls.content} {osilab.tls.bytes}바이트. 선로에서는 암호문이다")
NOTE(TLS_WAITING, "tls.waiting", 6, TONE_INFO, "",
	"Its secrets are not in the key log yet: encrypted records are kept, and opened as soon as they come",
	"이 세션의 비밀이 아직 키 로그에 없다: 암호화된 레코드를 간직했다가 비밀이 오는 대로 연다")
NOTE(TLS_OPENED_LATE, "tls.opened_late", 6, TONE_INFO, "",
	"Now the key log has the secrets of the {osilab.side}: {osilab.tls.records} record(s), from packet {osilab.ref} on, are opened here",
	"이제 키 로그에 {osilab.side} 쪽의 비밀이 있다: 패킷 {osilab.ref}부터의 레코드 {osilab.tls.records}개를 여기서 연다")
NOTE(TLS_TOO_LATE, "tls.too_late", 6, TONE_WARN, "",
	"{osilab.tls.records} record(s) of the {osilab.side} came before their secrets and found no room: they stay closed",
	"비밀보다 먼저 온 {osilab.side} 쪽의 레코드 {osilab.tls.records}개는 간직할 자리가 없어 열지 못했다")
NOTE(TLS_NO_KEYLOG, "tls.no_keylog", 6, TONE_INFO, "",
	"Not decrypted: no key log was given (--keylog FILE, or secrets inside the capture)",
	"복호화하지 않음: 키 로그가 주어지지 않았다(--keylog FILE 또는 캡처 안의 비밀)")
NOTE(TLS_OTHER_KEYLOG, "tls.other_keylog", 6, TONE_WARN, "",
	"Not decrypted: the key log knows nothing of this session (client random {osilab.tls.client_random}); it belongs to another capture, or was switched on too late",
	"복호화하지 않음: 키 로그에 이 세션(client random {osilab.tls.client_random})이 없다. 다른 캡처의 것이거나 너무 늦게 켜졌다")
NOTE(TLS_NO_SECRET, "tls.no_secret", 6, TONE_WARN, "",
	"Not decrypted: the key log has this session but lacks its {osilab.tls.secret}",
	"복호화하지 않음: 키 로그에 이 세션은 있지만 {osilab.tls.secret}이(가) 없다")
NOTE(TLS_UNKNOWN_SUITE, "tls.unknown_suite", 6, TONE_WARN, "",
	"Not decrypted: {osilab.tls.suite} is not one that can be opened here",
	"복호화하지 않음: {osilab.tls.suite}은(는) 여기서 풀 수 없는 스위트다")
NOTE(TLS_FORGED, "tls.forged", 6, TONE_BAD, "RFC 8446 5.2",
	"Record {osilab.tls.record} of the {osilab.side} under these keys does not authenticate: wrong secret, a record lost before it, or tampering; this direction is not decrypted any further",
	"이 키로 보호된 {osilab.side} 쪽의 {osilab.tls.record}번째 레코드가 인증되지 않는다: 비밀이 틀렸거나 앞의 레코드가 빠졌거나 변조되었다. 이 방향은 더 복호화하지 않는다")
NOTE(TLS_MIDSTREAM, "tls.midstream", 6, TONE_WARN, "",
	"TLS records without their handshake: this session cannot be decrypted, whatever the keys",
	"핸드셰이크가 없는 TLS 레코드: 어떤 키로도 이 세션은 복호화할 수 없다")
NOTE(TLS_RESYNC, "tls.resync", 6, TONE_WARN, "",
	"Behind the hole the {osilab.side}'s records are found again here, at a record header {osilab.tls.bytes} bytes behind the last record read",
	"빈 곳 뒤에서 {osilab.side} 쪽의 레코드를 다시 찾았다: 마지막으로 읽은 레코드에서 {osilab.tls.bytes}바이트 뒤의 레코드 헤더부터다")
NOTE(TLS_RESYNC_OPENED, "tls.resync.opened", 6, TONE_WARN, "",
	"Behind the hole the {osilab.side}'s records are found again here, {osilab.tls.bytes} bytes further: record {osilab.tls.record} opens, {osilab.tls.records} before it are lost",
	"빈 곳 뒤에서 {osilab.side} 쪽의 레코드를 {osilab.tls.bytes}바이트 뒤에서 다시 찾았다: {osilab.tls.record}번째 레코드가 열리며, 그 앞의 {osilab.tls.records}개는 잃었다")
NOTE(TLS_DAMAGED, "tls.damaged", 5, TONE_WARN, "RFC 8446 4",
	"A damaged TLS message ({osilab.tls.message}): read as far as it goes",
	"손상된 TLS 메시지({osilab.tls.message}): 읽을 수 있는 데까지만 읽는다")

/* --- HTTP ----------------------------------------------------------------------------------------------- */
NOTE(HTTP_REQUEST, "http.request", 7, TONE_INFO, "RFC 9112 3",
	"Request: {http.request.method} {http.request.uri} for {http.host}",
	"요청: {http.host}에 {http.request.method} {http.request.uri}")
NOTE(HTTP_REUSED, "http.reused", 7, TONE_GOOD, "RFC 9112 9.3",
	"Request no. {osilab.http.nth} on this connection: keep-alive saves a new TCP handshake and, under TLS, a new TLS handshake",
	"이 연결의 {osilab.http.nth}번째 요청: keep-alive 덕분에 TCP 핸드셰이크를, TLS라면 TLS 핸드셰이크까지 다시 하지 않는다")
NOTE(HTTP_PIPELINED, "http.pipelined", 7, TONE_INFO, "RFC 9112 9.3.2",
	"Sent without waiting for the answer to the request before (pipelining): answers come in the same order",
	"앞 요청의 답을 기다리지 않고 보냈다(파이프라이닝): 답은 같은 순서로 온다")
NOTE(HTTP_FOLLOWS, "http.follows", 7, TONE_INFO, "RFC 9110 15.4",
	"This follows the redirect of packet {osilab.ref}",
	"패킷 {osilab.ref}의 리다이렉트를 따라간다")
NOTE(HTTP_CONDITIONAL, "http.conditional", 7, TONE_INFO, "RFC 9110 13.1",
	"Only if it has changed since: the client has a copy ({osilab.http.condition})",
	"그 뒤로 바뀐 경우에만 달라고 한다: 클라이언트에게 사본이 있다({osilab.http.condition})")
NOTE(HTTP_CONDITIONAL_KNOWN, "http.conditional.known", 7, TONE_INFO, "RFC 9110 13.1.2",
	"Only if it has changed: the client still has what packet {osilab.ref} brought, under the tag {osilab.http.condition}",
	"바뀐 경우에만 달라고 한다: 클라이언트는 패킷 {osilab.ref}이(가) 준 것을 태그 {osilab.http.condition}(으)로 아직 갖고 있다")
NOTE(HTTP_IF_MATCH, "http.if_match", 7, TONE_INFO, "RFC 9110 13.1.1",
	"Only if it is still {osilab.http.condition}: so that nobody's change is overwritten unseen",
	"아직 {osilab.http.condition}인 경우에만 해 달라고 한다: 다른 이의 변경을 모르고 덮어쓰지 않기 위해서다")
NOTE(HTTP_RANGE, "http.range", 7, TONE_INFO, "RFC 9110 14.2",
	"Only a part is asked for: {osilab.http.range}",
	"일부만 요청한다: {osilab.http.range}")
NOTE(HTTP_EXPECT, "http.expect", 7, TONE_INFO, "RFC 9110 10.1.1",
	"Expect: 100-continue. The client holds its body back until the server says that it wants it",
	"Expect: 100-continue. 서버가 받겠다고 할 때까지 클라이언트는 본문을 보내지 않고 기다린다")
NOTE(HTTP_RESPONSE, "http.response", 7, TONE_INFO, "RFC 9112 4",
	"Answer: {http.response.code} {http.response.phrase} to {osilab.http.request} (packet {osilab.ref}), after {http.time}",
	"응답: {osilab.http.request}(패킷 {osilab.ref})에 {http.response.code} {http.response.phrase}, {http.time} 만에")
NOTE(HTTP_RESPONSE_ALONE, "http.response.alone", 7, TONE_INFO, "RFC 9112 4",
	"Answer: {http.response.code} {http.response.phrase}; its request is not in this capture",
	"응답: {http.response.code} {http.response.phrase}. 그 요청은 이 캡처에 없다")
NOTE(HTTP_CONTINUE, "http.continue", 7, TONE_INFO, "RFC 9110 15.2.1",
	"100 Continue: the server has seen the head and wants the body; the answer itself follows",
	"100 Continue: 서버가 헤더를 보았고 본문을 받겠다고 한다. 진짜 응답은 뒤에 온다")
NOTE(HTTP_EARLY_HINTS, "http.early_hints", 7, TONE_INFO, "RFC 8297 2",
	"103 Early Hints: while the server still works on the answer, the client may fetch {osilab.http.link}",
	"103 Early Hints: 서버가 응답을 준비하는 동안 클라이언트는 {osilab.http.link}을(를) 미리 받아 둘 수 있다")
NOTE(HTTP_CLIENT_ERROR, "http.client_error", 7, TONE_WARN, "RFC 9110 15.5",
	"{http.response.code}, at the client's side: {osilab.http.error}",
	"{http.response.code}, 클라이언트 쪽 문제: {osilab.http.error}")
NOTE(HTTP_SERVER_ERROR, "http.server_error", 7, TONE_BAD, "RFC 9110 15.6",
	"{http.response.code}, at the server's side: {osilab.http.error}",
	"{http.response.code}, 서버 쪽 문제: {osilab.http.error}")
NOTE(HTTP_RETRY_AFTER, "http.retry_after", 7, TONE_INFO, "RFC 9110 10.2.3",
	"Retry-After: the client may ask again in {osilab.http.retry_after} (seconds, or a date)",
	"Retry-After: {osilab.http.retry_after}(초 또는 날짜) 뒤에 다시 물어도 된다")
NOTE(HTTP_REDIRECT, "http.redirect", 7, TONE_INFO, "RFC 9110 15.4",
	"What was asked for is at {osilab.http.location}: {osilab.http.redirect}",
	"찾는 것은 {osilab.http.location}에 있다: {osilab.http.redirect}")
NOTE(HTTP_NOT_MODIFIED, "http.not_modified", 7, TONE_GOOD, "RFC 9110 15.4.5",
	"304: unchanged, so no body is sent; the client goes on using its copy",
	"304: 바뀌지 않았으므로 본문을 보내지 않는다. 클라이언트는 가진 사본을 계속 쓴다")
NOTE(HTTP_PARTIAL, "http.partial", 7, TONE_INFO, "RFC 9110 15.3.7",
	"206: only the part that was asked for ({osilab.http.content_range})",
	"206: 요청한 부분만 보낸다({osilab.http.content_range})")
NOTE(HTTP_NO_STORE, "http.cache.no_store", 7, TONE_INFO, "RFC 9111 5.2.2.5",
	"no-store: no cache, the browser's neither, may keep this answer",
	"no-store: 브라우저를 포함해 어떤 캐시도 이 응답을 저장해서는 안 된다")
NOTE(HTTP_NO_CACHE, "http.cache.no_cache", 7, TONE_INFO, "RFC 9111 5.2.2.4",
	"It may be kept, but not used again without asking the server first ({osilab.http.cache_control})",
	"저장해도 되지만 서버에 먼저 묻지 않고 다시 쓰면 안 된다({osilab.http.cache_control})")
NOTE(HTTP_FRESH, "http.cache.fresh", 7, TONE_INFO, "RFC 9111 4.2",
	"It may be kept by {osilab.http.cache} and used again without asking for {osilab.http.fresh}",
	"{osilab.http.cache}에 저장해 {osilab.http.fresh} 동안 묻지 않고 다시 써도 된다")
NOTE(HTTP_CACHE_SHARED, "http.cache.shared", 7, TONE_BAD, "RFC 9111 7.3",
	"\"public\" with a Set-Cookie: a cache on the way may give this cookie to other clients",
	"Set-Cookie가 있는데 \"public\"이다: 도중의 캐시가 이 쿠키를 다른 클라이언트에게 줄 수 있다")
NOTE(HTTP_FROM_CACHE, "http.cache.age", 7, TONE_INFO, "RFC 9111 5.1",
	"It comes out of a cache, where it has been for {osilab.http.age}",
	"캐시에서 나온 것이며, 그곳에 {osilab.http.age} 동안 있었다")
NOTE(HTTP_BODY_TYPED, "http.body.typed", 7, TONE_INFO, "RFC 9112 6",
	"Body: {osilab.http.body_bytes} bytes of {osilab.http.type}, {osilab.http.framing}",
	"본문: {osilab.http.type} {osilab.http.body_bytes}바이트, {osilab.http.framing}")
NOTE(HTTP_BODY_TEXT, "http.body.text", 7, TONE_INFO, "RFC 9112 6",
	"Body: {osilab.http.body_bytes} bytes of {osilab.http.type}, {osilab.http.framing}: “{osilab.http.excerpt}”",
	"본문: {osilab.http.type} {osilab.http.body_bytes}바이트, {osilab.http.framing}: “{osilab.http.excerpt}”")
NOTE(HTTP_BODY, "http.body", 7, TONE_INFO, "RFC 9112 6",
	"Body: {osilab.http.body_bytes} bytes, {osilab.http.framing}; of what type is not said",
	"본문: {osilab.http.body_bytes}바이트, {osilab.http.framing}. 종류는 밝히지 않았다")
NOTE(HTTP_CODED, "http.coded", 7, TONE_INFO, "RFC 9110 8.4",
	"Encoded as {osilab.http.coding}, which is not decoded here",
	"{osilab.http.coding}(으)로 부호화되어 있으며 여기서는 풀지 않는다")
NOTE(HTTP_DECODED, "http.decoded", 7, TONE_INFO, "RFC 9110 8.4",
	"Compressed with {osilab.http.coding}: {osilab.http.decoded_bytes} bytes once unpacked",
	"{osilab.http.coding}(으)로 압축되어 있다: 풀면 {osilab.http.decoded_bytes}바이트")
NOTE(HTTP_DECODED_PART, "http.decoded.part", 7, TONE_INFO, "RFC 9110 8.4",
	"Compressed with {osilab.http.coding}: more than {osilab.http.decoded_bytes} bytes once unpacked, of which no more were looked at",
	"{osilab.http.coding}(으)로 압축되어 있다: 풀면 {osilab.http.decoded_bytes}바이트가 넘으며 그 앞부분만 보았다")
NOTE(HTTP_BOMB, "http.bomb", 7, TONE_BAD, "RFC 9110 8.4",
	"Compressed with {osilab.http.coding} to blow up {osilab.http.ratio} times and more: no ordinary content does; perhaps a bomb for whoever unpacks it",
	"{osilab.http.coding}(으)로 압축되어 있고 풀면 {osilab.http.ratio}배 넘게 불어난다: 보통의 내용은 그렇지 않다. 푸는 쪽을 노린 압축 폭탄일 수 있다")
NOTE(HTTP_CODING_DAMAGED, "http.coding_damaged", 7, TONE_WARN, "RFC 9110 8.4",
	"It says {osilab.http.coding}, and is not: {osilab.http.decoded_bytes} bytes could be unpacked",
	"{osilab.http.coding}(이)라고 하지만 그렇지 않다: {osilab.http.decoded_bytes}바이트까지만 풀렸다")
NOTE(HTTP_TRAILERS, "http.trailers", 7, TONE_INFO, "RFC 9110 6.5",
	"{osilab.http.trailers} field(s) behind the last chunk (trailers), the first is {osilab.http.trailer}: known only once the body was sent",
	"마지막 청크 뒤에 필드 {osilab.http.trailers}개(트레일러)가 있고 첫째는 {osilab.http.trailer}이다: 본문을 다 보낸 뒤에야 알 수 있는 것이다")
NOTE(HTTP_COMPLETE, "http.complete", 7, TONE_INFO, "RFC 9112 6",
	"Complete {osilab.http.time_last} after the request (packet {osilab.ref})",
	"요청(패킷 {osilab.ref})으로부터 {osilab.http.time_last} 만에 다 왔다")
NOTE(HTTP_LAST, "http.last", 7, TONE_INFO, "RFC 9112 9.6",
	"Connection: close. The {osilab.side} says that nothing more follows on this connection",
	"Connection: close. 이 연결에서 더는 이어지지 않는다고 {osilab.side} 쪽이 알린다")
NOTE(HTTP_SLOPPY, "http.sloppy", 7, TONE_WARN, "RFC 9112",
	"Against the rules, read all the same: {osilab.http.reason}",
	"규칙에 어긋나지만 그대로 읽는다: {osilab.http.reason}")
NOTE(HTTP_HEAD_CUT, "http.head_cut", 7, TONE_WARN, "",
	"The rest of this head was not captured (snap length): fields may be missing here",
	"이 헤더의 나머지는 캡처되지 않았다(캡처 길이 제한). 빠진 필드가 있을 수 있다")
NOTE(HTTP_BROKEN, "http.broken", 7, TONE_BAD, "RFC 9112",
	"Not HTTP any more: {osilab.http.reason}; the rest of this direction is not read",
	"더는 HTTP가 아니다: {osilab.http.reason}. 이 방향의 나머지는 읽지 않는다")
NOTE(HTTP_UPGRADED, "http.upgraded", 7, TONE_INFO, "RFC 9110 7.8",
	"The connection stops being HTTP here ({http.upgrade})",
	"여기서부터 이 연결은 HTTP가 아니다({http.upgrade})")
NOTE(HTTP_PROXIED, "http.tunnel", 7, TONE_INFO, "RFC 9110 9.3.6",
	"{osilab.http.request}: the proxy opens a tunnel; from here on it passes bytes on and does not look at them",
	"{osilab.http.request}: 프록시가 터널을 연다. 여기서부터 프록시는 바이트를 들여다보지 않고 전달만 한다")

/* --- WebSocket -------------------------------------------------------------------------------------------- */
NOTE(WS_ASKED, "websocket.asked", 7, TONE_INFO, "RFC 6455 4.1",
	"It asks to go on as a WebSocket: subprotocols {osilab.ws.protocols}, extensions {osilab.ws.extensions}",
	"WebSocket으로 이어 가자고 청한다: 하위 프로토콜 {osilab.ws.protocols}, 확장 {osilab.ws.extensions}")
NOTE(WS_ACCEPTED, "websocket.accepted", 7, TONE_GOOD, "RFC 6455 4.2.2",
	"From here on a WebSocket: {http.sec_websocket_accept} is right for the key sent, so the server means it",
	"여기서부터 WebSocket이다: {http.sec_websocket_accept}이(가) 보낸 키와 맞으므로 서버가 알고 답한 것이다")
NOTE(WS_OPEN, "websocket.open", 7, TONE_INFO, "RFC 6455 4.2.2",
	"From here on a WebSocket; the request with the key that {http.sec_websocket_accept} answers was not seen",
	"여기서부터 WebSocket이다. {http.sec_websocket_accept}에 대응하는 키가 든 요청은 보이지 않았다")
NOTE(WS_ACCEPT_WRONG, "websocket.accept_wrong", 7, TONE_BAD, "RFC 6455 4.1",
	"{http.sec_websocket_accept} is not the answer to the key sent, which is {osilab.ws.accept}: clients must give up",
	"{http.sec_websocket_accept}은(는) 보낸 키에 대한 답 {osilab.ws.accept}이(가) 아니다: 클라이언트는 그만두어야 한다")
NOTE(WS_DEFLATE, "websocket.deflate", 7, TONE_INFO, "RFC 7692 7",
	"Agreed: messages may be compressed ({osilab.ws.extensions})",
	"메시지를 압축할 수 있기로 합의했다({osilab.ws.extensions})")
NOTE(WS_MASKED, "websocket.masked", 7, TONE_INFO, "RFC 6455 5.3",
	"The client's frames are masked with a key that stands in them: no secrecy, but scripts cannot choose the bytes on the wire",
	"클라이언트의 프레임은 안에 적힌 키로 마스킹된다: 비밀은 지켜 주지 않지만, 스크립트가 선로의 바이트를 고를 수 없게 한다")
NOTE(WS_MASK_WRONG, "websocket.mask_wrong", 7, TONE_BAD, "RFC 6455 5.1",
	"The {osilab.side} {osilab.ws.reason}: the other end must close the connection",
	"{osilab.side} 쪽이 {osilab.ws.reason}: 상대는 연결을 닫아야 한다")
NOTE(WS_TEXT, "websocket.text", 7, TONE_INFO, "RFC 6455 5.6",
	"Text from the {osilab.side}, {osilab.ws.bytes} bytes: “{osilab.ws.excerpt}”",
	"{osilab.side} 쪽의 텍스트 {osilab.ws.bytes}바이트: “{osilab.ws.excerpt}”")
NOTE(WS_MESSAGE, "websocket.message", 7, TONE_INFO, "RFC 6455 5.6",
	"A message from the {osilab.side}: {osilab.ws.type}, {osilab.ws.bytes} bytes",
	"{osilab.side} 쪽의 메시지: {osilab.ws.type}, {osilab.ws.bytes}바이트")
NOTE(WS_FRAGMENTS, "websocket.fragments", 7, TONE_INFO, "RFC 6455 5.4",
	"It came in {osilab.ws.frames} frames: its length need not be known when it begins",
	"프레임 {osilab.ws.frames}개로 나뉘어 왔다: 시작할 때 전체 길이를 몰라도 된다")
NOTE(WS_INFLATED, "websocket.inflated", 7, TONE_INFO, "RFC 7692 7.2.2",
	"Compressed: {osilab.ws.bytes} bytes on the wire are {osilab.ws.inflated} of message",
	"압축되어 있다: 선로의 {osilab.ws.bytes}바이트가 메시지 {osilab.ws.inflated}바이트이다")
NOTE(WS_PING, "websocket.ping", 7, TONE_INFO, "RFC 6455 5.5.2",
	"Ping from the {osilab.side} ({osilab.ws.bytes} bytes): is the other end still there?",
	"{osilab.side} 쪽의 Ping({osilab.ws.bytes}바이트): 상대가 아직 있는가?")
NOTE(WS_PONG, "websocket.pong", 7, TONE_INFO, "RFC 6455 5.5.3",
	"Pong from the {osilab.side} ({osilab.ws.bytes} bytes): it is there",
	"{osilab.side} 쪽의 Pong({osilab.ws.bytes}바이트): 아직 있다")
NOTE(WS_CLOSE, "websocket.close", 7, TONE_GOOD, "RFC 6455 7.1",
	"The {osilab.side} closes the WebSocket: {websocket.payload.close.status_code}, {osilab.ws.close}",
	"{osilab.side} 쪽이 WebSocket을 닫는다: {websocket.payload.close.status_code}, {osilab.ws.close}")
NOTE(WS_CLOSE_REASON, "websocket.close.reason", 7, TONE_INFO, "RFC 6455 7.1.6",
	"The {osilab.side} closes the WebSocket: {websocket.payload.close.status_code}, {osilab.ws.close}; it says “{websocket.payload.close.reason}”",
	"{osilab.side} 쪽이 WebSocket을 닫는다: {websocket.payload.close.status_code}, {osilab.ws.close}. 이유: “{websocket.payload.close.reason}”")
NOTE(WS_CLOSE_ERROR, "websocket.close.error", 7, TONE_WARN, "RFC 6455 7.4.1",
	"The {osilab.side} gives the WebSocket up: {websocket.payload.close.status_code}, {osilab.ws.close}",
	"{osilab.side} 쪽이 WebSocket을 그만둔다: {websocket.payload.close.status_code}, {osilab.ws.close}")
NOTE(WS_CLOSE_CODE, "websocket.close.code", 7, TONE_WARN, "RFC 6455 7.4",
	"{websocket.payload.close.status_code} may not stand in a Close frame",
	"{websocket.payload.close.status_code}은(는) Close 프레임에 쓸 수 없는 코드이다")
NOTE(WS_BROKEN, "websocket.broken", 7, TONE_BAD, "RFC 6455 5.2",
	"No WebSocket frame any more from the {osilab.side}: {osilab.ws.reason}; the rest of this direction is not read",
	"{osilab.side} 쪽은 더는 WebSocket 프레임이 아니다: {osilab.ws.reason}. 이 방향의 나머지는 읽지 않는다")
NOTE(WS_NOT_CLOSED, "websocket.not_closed", 7, TONE_WARN, "RFC 6455 7.1.5",
	"The connection ends without a Close frame, by the {osilab.side}: WebSocket calls that 1006, abnormal",
	"{osilab.side} 쪽에서 Close 프레임 없이 연결이 끝난다: WebSocket에서는 1006, 비정상 종료라고 한다")
NOTE(WS_SUMMARY, "websocket.summary", 7, TONE_INFO, "RFC 6455",
	"This WebSocket carried {osilab.ws.client_messages} message(s), {osilab.ws.client_bytes} bytes, from the client and {osilab.ws.server_messages}, {osilab.ws.server_bytes} bytes, from the server; {osilab.ws.pings} ping(s), {osilab.ws.pongs} pong(s)",
	"이 WebSocket은 클라이언트의 메시지 {osilab.ws.client_messages}개({osilab.ws.client_bytes}바이트)와 서버의 메시지 {osilab.ws.server_messages}개({osilab.ws.server_bytes}바이트)를 날랐다. Ping {osilab.ws.pings}개, Pong {osilab.ws.pongs}개")

/* --- HTTP/2 --------------------------------------------------------------------------------------------- */
NOTE(H2_PREFACE, "http2.preface", 7, TONE_INFO, "RFC 9113 3.3",
	"The client begins with the HTTP/2 preface: it knows that the server speaks HTTP/2 and asks nobody (prior knowledge, h2c). The text is a request that an HTTP/1.1 server would refuse",
	"클라이언트가 HTTP/2 프리페이스로 시작한다: 서버가 HTTP/2를 한다는 것을 이미 알고 묻지 않는다(사전 지식, h2c). 이 글자들은 HTTP/1.1 서버라면 거절할 요청이다")
NOTE(H2_PREFACE_ALPN, "http2.preface.alpn", 7, TONE_INFO, "RFC 9113 3.2",
	"The client begins with the HTTP/2 preface: TLS has agreed on h2 (ALPN) in its handshake, at no cost in round trips",
	"클라이언트가 HTTP/2 프리페이스로 시작한다: TLS 핸드셰이크에서 이미 h2로 합의했으므로(ALPN) 왕복이 더 들지 않는다")
NOTE(H2_PREFACE_UPGRADE, "http2.preface.upgrade", 7, TONE_INFO, "RFC 7540 3.2",
	"The client begins with the HTTP/2 preface: the server has agreed to Upgrade: h2c with status 101",
	"클라이언트가 HTTP/2 프리페이스로 시작한다: 서버가 상태 101로 Upgrade: h2c에 동의했다")
NOTE(H2_MIDSTREAM, "http2.midstream", 7, TONE_WARN, "RFC 7541 2.3.2",
	"HTTP/2 already under way: what the {osilab.side} put into its header table before the capture is not known, and fields that refer to it cannot be told",
	"이미 진행 중인 HTTP/2: 캡처 전에 {osilab.side} 쪽이 헤더 테이블에 넣은 것은 알 수 없어, 그것을 가리키는 필드는 밝힐 수 없다")
NOTE(H2_FOUND, "http2.found", 7, TONE_WARN, "RFC 7541 2.3.2",
	"Frames of the {osilab.side} again, after a hole: its header table is not known any more, and fields that refer to entries from before cannot be told",
	"구멍 뒤에 {osilab.side} 쪽의 프레임이 다시 보인다: 헤더 테이블을 더는 알 수 없어, 그 전 항목을 가리키는 필드는 밝힐 수 없다")
NOTE(H2_SETTINGS, "http2.settings", 7, TONE_INFO, "RFC 9113 6.5",
	"SETTINGS: the {osilab.side} says how it wants to be spoken to, {osilab.http2.count} value(s); an acknowledgement has to come back",
	"SETTINGS: {osilab.side} 쪽이 자신에게 어떻게 보내야 하는지 알린다(값 {osilab.http2.count}개). 확인(ACK)이 돌아와야 한다")
NOTE(H2_SET_TABLE, "http2.settings.header_table_size", 7, TONE_INFO, "RFC 9113 6.5.2",
	"HEADER_TABLE_SIZE {http2.settings.header_table_size}: the {osilab.side} remembers so many octets of header fields, which can then be sent as a number",
	"HEADER_TABLE_SIZE {http2.settings.header_table_size}: {osilab.side} 쪽은 헤더 필드를 이만큼(옥텟) 기억하며, 기억한 필드는 번호로 보낼 수 있다")
NOTE(H2_SET_PUSH, "http2.settings.enable_push", 7, TONE_INFO, "RFC 9113 6.5.2",
	"ENABLE_PUSH {http2.settings.enable_push}: the server may send answers that the {osilab.side} has not asked for",
	"ENABLE_PUSH {http2.settings.enable_push}: {osilab.side} 쪽이 묻지 않은 응답도 서버가 보내도 된다")
NOTE(H2_SET_NO_PUSH, "http2.settings.no_push", 7, TONE_INFO, "RFC 9113 6.5.2",
	"ENABLE_PUSH {http2.settings.enable_push}: the {osilab.side} wants no answers that it has not asked for",
	"ENABLE_PUSH {http2.settings.enable_push}: {osilab.side} 쪽은 묻지 않은 응답을 원하지 않는다")
NOTE(H2_SET_STREAMS, "http2.settings.max_concurrent_streams", 7, TONE_INFO, "RFC 9113 5.1.2",
	"MAX_CONCURRENT_STREAMS {http2.settings.max_concurrent_streams}: so many streams may be opened towards the {osilab.side} at once",
	"MAX_CONCURRENT_STREAMS {http2.settings.max_concurrent_streams}: {osilab.side} 쪽으로 동시에 열 수 있는 스트림의 수")
NOTE(H2_SET_WINDOW, "http2.settings.initial_window_size", 7, TONE_INFO, "RFC 9113 6.9.2",
	"INITIAL_WINDOW_SIZE {http2.settings.initial_window_size}: so many octets of content may be sent to the {osilab.side} on each stream before it says more",
	"INITIAL_WINDOW_SIZE {http2.settings.initial_window_size}: {osilab.side} 쪽이 더 허락하기 전까지 스트림마다 보낼 수 있는 내용의 옥텟 수")
NOTE(H2_SET_FRAME, "http2.settings.max_frame_size", 7, TONE_INFO, "RFC 9113 4.2",
	"MAX_FRAME_SIZE {http2.settings.max_frame_size}: the longest frame that the {osilab.side} takes; shorter ones let streams take turns more often",
	"MAX_FRAME_SIZE {http2.settings.max_frame_size}: {osilab.side} 쪽이 받는 가장 긴 프레임. 짧을수록 스트림이 더 자주 번갈아 간다")
NOTE(H2_SET_LIST, "http2.settings.max_header_list_size", 7, TONE_INFO, "RFC 9113 10.5.1",
	"MAX_HEADER_LIST_SIZE {http2.settings.max_header_list_size}: the most octets of header fields, decoded, that the {osilab.side} is willing to read of a message",
	"MAX_HEADER_LIST_SIZE {http2.settings.max_header_list_size}: 메시지 하나에서 {osilab.side} 쪽이 읽어 줄 헤더 필드의 최대 옥텟 수(복원한 크기)")
NOTE(H2_SET_CONNECT, "http2.settings.extended_connect", 7, TONE_INFO, "RFC 8441 3",
	"ENABLE_CONNECT_PROTOCOL {http2.settings.extended_connect}: whether a stream to the {osilab.side} may become a WebSocket",
	"ENABLE_CONNECT_PROTOCOL {http2.settings.extended_connect}: {osilab.side} 쪽으로 가는 스트림이 WebSocket이 될 수 있는지 여부")
NOTE(H2_SET_NO_PRIORITIES, "http2.settings.no_priorities", 7, TONE_INFO, "RFC 9218 2.1",
	"NO_RFC7540_PRIORITIES {osilab.http2.no_priorities}: whether the {osilab.side} does without the old tree of priorities",
	"NO_RFC7540_PRIORITIES {osilab.http2.no_priorities}: {osilab.side} 쪽이 예전의 우선순위 트리를 쓰지 않는지 여부")
NOTE(H2_SET_UNKNOWN, "http2.settings.unknown", 7, TONE_INFO, "RFC 9113 6.5.2",
	"Parameter {http2.settings.id} = {http2.settings.unknown}: unknown here, and to be ignored by who does not know it",
	"매개변수 {http2.settings.id} = {http2.settings.unknown}: 여기서는 모르는 것이며, 모르는 쪽은 무시해야 한다")
NOTE(H2_SET_INVALID, "http2.settings.invalid", 7, TONE_BAD, "RFC 9113 6.5.2",
	"Parameter {http2.settings.id} may not be {osilab.http2.value}: a connection error",
	"매개변수 {http2.settings.id}의 값으로 {osilab.http2.value}은(는) 허용되지 않는다: 연결 오류다")
NOTE(H2_SETTINGS_ACK, "http2.settings.ack", 7, TONE_GOOD, "RFC 9113 6.5.3",
	"SETTINGS ACK: the {osilab.side} has taken up the settings of packet {osilab.ref}, {osilab.http2.time} later; from here on it keeps to them",
	"SETTINGS ACK: {osilab.side} 쪽이 {osilab.http2.time} 만에 패킷 {osilab.ref}의 설정을 받아들였다. 여기서부터 그 설정을 따른다")
NOTE(H2_SETTINGS_ACK_ALONE, "http2.settings.ack_alone", 7, TONE_INFO, "RFC 9113 6.5.3",
	"SETTINGS ACK of the {osilab.side}; the settings it acknowledges are not in this capture",
	"{osilab.side} 쪽의 SETTINGS ACK. 무엇을 확인하는지는 이 캡처에 없다")
NOTE(H2_REQUEST, "http2.request", 7, TONE_INFO, "RFC 9113 8.3.1",
	"Request on stream {http2.streamid}: {osilab.http2.method} {osilab.http2.target} for {osilab.http2.host}",
	"스트림 {http2.streamid}의 요청: {osilab.http2.host}에 {osilab.http2.method} {osilab.http2.target}")
NOTE(H2_REUSED, "http2.reused", 7, TONE_GOOD, "RFC 9113 9.1",
	"Request no. {osilab.http.nth} on this connection: no new TCP or TLS handshake, and the header table of the earlier ones",
	"이 연결의 {osilab.http.nth}번째 요청: TCP와 TLS 핸드셰이크를 다시 하지 않고, 앞선 요청의 헤더 테이블도 그대로 쓴다")
NOTE(H2_MULTIPLEXED, "http2.multiplexed", 7, TONE_GOOD, "RFC 9113 5",
	"{osilab.http2.streams} streams are open at once on this one connection (multiplexing): HTTP/1.1 would need as many connections, or make each wait for the one before",
	"이 연결 하나에 스트림 {osilab.http2.streams}개가 동시에 열려 있다(다중화): HTTP/1.1이라면 연결이 그만큼 필요하거나, 앞의 것이 끝나기를 기다려야 한다")
NOTE(H2_CROWDED, "http2.crowded", 7, TONE_WARN, "RFC 9113 5.1.2",
	"More than {osilab.http2.streams} streams open at once: the oldest are not followed any further",
	"동시에 열린 스트림이 {osilab.http2.streams}개를 넘는다: 가장 오래된 것부터 더는 따라가지 않는다")
NOTE(H2_RESPONSE, "http2.response", 7, TONE_INFO, "RFC 9113 8.3.2",
	"Answer on stream {http2.streamid}: {http2.headers.status} {osilab.http2.phrase} to {osilab.http2.request} (packet {osilab.ref}), after {osilab.http2.time}",
	"스트림 {http2.streamid}의 응답: {osilab.http2.request}(패킷 {osilab.ref})에 {http2.headers.status} {osilab.http2.phrase}, {osilab.http2.time} 만에")
NOTE(H2_RESPONSE_ALONE, "http2.response.alone", 7, TONE_INFO, "RFC 9113 8.3.2",
	"Answer on stream {http2.streamid}: {http2.headers.status} {osilab.http2.phrase}; its request is not in this capture",
	"스트림 {http2.streamid}의 응답: {http2.headers.status} {osilab.http2.phrase}. 그 요청은 이 캡처에 없다")
NOTE(H2_INTERIM, "http2.response.interim", 7, TONE_INFO, "RFC 9110 15.2",
	"Interim answer on stream {http2.streamid}: {http2.headers.status} {osilab.http2.phrase}; the answer itself is still to come",
	"스트림 {http2.streamid}의 중간 응답: {http2.headers.status} {osilab.http2.phrase}. 본 응답은 아직 오지 않았다")
NOTE(H2_LATE, "http2.late", 7, TONE_INFO, "RFC 9113 5.1",
	"Answer {http2.headers.status} on stream {http2.streamid}, which is over: it was on its way when the stream was given up, and is thrown away",
	"이미 끝난 스트림 {http2.streamid}의 응답 {http2.headers.status}: 스트림을 포기할 때 오는 중이던 것으로, 버려진다")
NOTE(H2_TRAILERS, "http2.trailers", 7, TONE_INFO, "RFC 9113 8.1",
	"Trailers behind the body of stream {http2.streamid}: {osilab.http2.names}",
	"스트림 {http2.streamid}의 본문 뒤에 온 트레일러: {osilab.http2.names}")
NOTE(H2_PUSH, "http2.push", 7, TONE_INFO, "RFC 9113 8.4",
	"PUSH_PROMISE: the server answers a request before it is made, {osilab.http2.request}, on stream {http2.push_promise.promised_stream_id}. Browsers have given this up",
	"PUSH_PROMISE: 서버가 아직 하지 않은 요청 {osilab.http2.request}에 스트림 {http2.push_promise.promised_stream_id}에서 미리 답한다. 브라우저들은 이 기능을 없앴다")
NOTE(H2_HPACK, "http2.hpack", 7, TONE_GOOD, "RFC 7541 1",
	"HPACK: {osilab.http2.wire_bytes} octets on the wire for fields that take {osilab.http2.text_bytes} as lines of HTTP/1.1: {osilab.http2.saved} % saved",
	"HPACK: HTTP/1.1 줄로는 {osilab.http2.text_bytes}옥텟인 필드를 선로에서는 {osilab.http2.wire_bytes}옥텟으로 보낸다: {osilab.http2.saved} % 절약")
NOTE(H2_NEVER_INDEXED, "http2.never_indexed", 7, TONE_GOOD, "RFC 7541 7.1.3",
	"Sent as never-indexed literals: {osilab.http2.names}. No table on the way keeps them, so that nobody can guess them by how well they compress",
	"색인 금지 리터럴로 보낸 것: {osilab.http2.names}. 도중의 어느 테이블에도 남지 않아, 압축되는 정도로 값을 알아맞힐 수 없다")
NOTE(H2_HEADERS_UNKNOWN, "http2.headers.unknown", 7, TONE_WARN, "RFC 7541 2.3.2",
	"{osilab.http2.unknown} of {osilab.http2.count} fields stand in entries of a header table that was not captured: they cannot be told",
	"필드 {osilab.http2.count}개 중 {osilab.http2.unknown}개는 캡처되지 않은 헤더 테이블의 항목이다: 밝힐 수 없다")
NOTE(H2_HEADERS_PARTLY, "http2.headers.partly", 7, TONE_INFO, "RFC 9113 8.1",
	"A message begins on stream {http2.streamid}; of its fields these can be told: {osilab.http2.names}",
	"스트림 {http2.streamid}에서 메시지가 시작된다. 밝힐 수 있는 필드: {osilab.http2.names}")
NOTE(H2_HEADERS_DAMAGED, "http2.headers.damaged", 7, TONE_BAD, "RFC 9113 4.3",
	"A header block of the {osilab.side} that cannot be decoded (COMPRESSION_ERROR): the tables of both ends are out of step, which ends the connection",
	"{osilab.side} 쪽의 헤더 블록을 복원할 수 없다(COMPRESSION_ERROR): 양 끝의 테이블이 어긋났으며, 연결을 끝내야 한다")
NOTE(H2_HEADERS_MANY, "http2.headers.many", 7, TONE_WARN, "RFC 9113 10.5.1",
	"A header list larger than is looked at: {osilab.http2.lost} field(s) are left out",
	"헤더 목록이 살펴보는 한도보다 크다: 필드 {osilab.http2.lost}개는 뺐다")
NOTE(H2_HEADERS_FLOOD, "http2.headers.flood", 7, TONE_BAD, "RFC 9113 10.5.1",
	"A header block without end: {osilab.http2.bytes} octets in {osilab.http2.frames} frames so far. Who keeps it all runs out of memory (CONTINUATION flood); it is not read any further",
	"끝나지 않는 헤더 블록: 지금까지 프레임 {osilab.http2.frames}개에 {osilab.http2.bytes}옥텟. 다 보관하면 메모리가 바닥난다(CONTINUATION 홍수). 더 읽지 않는다")
NOTE(H2_BLOCK_PIECE, "http2.headers.piece", 7, TONE_INFO, "RFC 9113 6.10",
	"Piece {osilab.http2.frames} of the header block of stream {http2.streamid}, {osilab.http2.bytes} octets; nothing else may stand between the pieces",
	"스트림 {http2.streamid}의 헤더 블록 조각 {osilab.http2.frames}, {osilab.http2.bytes}옥텟. 조각 사이에는 다른 것이 올 수 없다")
NOTE(H2_MALFORMED, "http2.malformed", 7, TONE_BAD, "RFC 9113 8.1.1",
	"A malformed message: {osilab.http2.reason}. Its receiver must refuse it",
	"잘못된 메시지: {osilab.http2.reason}. 받는 쪽은 거부해야 한다")
NOTE(H2_TUNNEL, "http2.tunnel", 7, TONE_INFO, "RFC 9113 8.5",
	"From here on this stream is a tunnel: its DATA is not HTTP",
	"여기서부터 이 스트림은 터널이다: 그 DATA는 HTTP가 아니다")
NOTE(H2_DATA, "http2.data", 7, TONE_INFO, "RFC 9113 6.1",
	"DATA: {osilab.http2.bytes} octets of content on stream {http2.streamid}",
	"DATA: 스트림 {http2.streamid}의 내용 {osilab.http2.bytes}옥텟")
NOTE(H2_DATA_PADDED, "http2.data.padded", 7, TONE_INFO, "RFC 9113 6.1",
	"DATA: {osilab.http2.bytes} octets of content on stream {http2.streamid}, and {osilab.http2.padding} of padding that hide how much it is",
	"DATA: 스트림 {http2.streamid}의 내용 {osilab.http2.bytes}옥텟과, 그 길이를 감추는 패딩 {osilab.http2.padding}옥텟")
NOTE(H2_BODY, "http2.body", 7, TONE_INFO, "RFC 9113 8.1",
	"Body of stream {http2.streamid}: {osilab.http.body_bytes} bytes in {osilab.http2.frames} DATA frame(s){osilab.http.type}",
	"스트림 {http2.streamid}의 본문: DATA 프레임 {osilab.http2.frames}개에 {osilab.http.body_bytes}바이트{osilab.http.type}")
NOTE(H2_BODY_TEXT, "http2.body.text", 7, TONE_INFO, "RFC 9113 8.1",
	"Body of stream {http2.streamid}: {osilab.http.body_bytes} bytes in {osilab.http2.frames} DATA frame(s){osilab.http.type}: “{osilab.http.excerpt}”",
	"스트림 {http2.streamid}의 본문: DATA 프레임 {osilab.http2.frames}개에 {osilab.http.body_bytes}바이트{osilab.http.type}: “{osilab.http.excerpt}”")
NOTE(H2_LENGTH_WRONG, "http2.length_wrong", 7, TONE_BAD, "RFC 9113 8.1.1",
	"content-length says {http2.headers.content_length}, but {osilab.http.body_bytes} bytes came: a malformed message",
	"content-length는 {http2.headers.content_length}인데 {osilab.http.body_bytes}바이트가 왔다: 잘못된 메시지다")
NOTE(H2_RST, "http2.rst_stream", 7, TONE_WARN, "RFC 9113 6.4",
	"RST_STREAM: the {osilab.side} gives up stream {http2.streamid}{osilab.http2.request}: {osilab.http2.error}, {osilab.http2.error_words}. The connection and its other streams go on",
	"RST_STREAM: {osilab.side} 쪽이 스트림 {http2.streamid}{osilab.http2.request}을(를) 포기한다: {osilab.http2.error}, {osilab.http2.error_words}. 연결과 다른 스트림은 계속된다")
NOTE(H2_RAPID_RESET, "http2.rapid_reset", 7, TONE_BAD, "RFC 9113 10.5",
	"{osilab.http2.resets} requests taken back before they were answered: each costs the server work and the client nothing (rapid reset, CVE-2023-44487)",
	"답을 받기 전에 거둬들인 요청이 {osilab.http2.resets}개다: 서버는 일을 하지만 클라이언트는 잃는 것이 없다(빠른 리셋, CVE-2023-44487)")
NOTE(H2_GOAWAY, "http2.goaway", 7, TONE_INFO, "RFC 9113 6.8",
	"GOAWAY: the {osilab.side} ends the connection in good order{osilab.http2.debug}. Streams up to {http2.goaway.last_stream_id} are still dealt with, later ones can safely be asked again elsewhere",
	"GOAWAY: {osilab.side} 쪽이 연결을 질서 있게 끝낸다{osilab.http2.debug}. 스트림 {http2.goaway.last_stream_id}까지는 처리하며, 그 뒤의 것은 다른 연결에서 다시 물어도 안전하다")
NOTE(H2_GOAWAY_CLIENT, "http2.goaway.client", 7, TONE_INFO, "RFC 9113 6.8",
	"GOAWAY: the client ends the connection in good order{osilab.http2.debug}: it will ask for nothing more here",
	"GOAWAY: 클라이언트가 연결을 질서 있게 끝낸다{osilab.http2.debug}: 여기서 더 묻지 않는다")
NOTE(H2_GOAWAY_SOON, "http2.goaway.soon", 7, TONE_INFO, "RFC 9113 6.8",
	"GOAWAY: the {osilab.side} will end the connection soon and asks for no new streams{osilab.http2.debug}; the last one it deals with (now {http2.goaway.last_stream_id}) follows in a second GOAWAY",
	"GOAWAY: {osilab.side} 쪽이 곧 연결을 끝내니 새 스트림을 열지 말라고 한다{osilab.http2.debug}. 처리할 마지막 스트림(지금은 {http2.goaway.last_stream_id})은 두 번째 GOAWAY로 알린다")
NOTE(H2_GOAWAY_ERROR, "http2.goaway.error", 7, TONE_BAD, "RFC 9113 5.4.1",
	"GOAWAY: the {osilab.side} ends the connection with {osilab.http2.error}: {osilab.http2.error_words}{osilab.http2.debug}. The last stream it dealt with is {http2.goaway.last_stream_id}",
	"GOAWAY: {osilab.side} 쪽이 {osilab.http2.error}(으)로 연결을 끝낸다: {osilab.http2.error_words}{osilab.http2.debug}. 마지막으로 처리한 스트림은 {http2.goaway.last_stream_id}번이다")
NOTE(H2_UNANSWERED, "http2.unanswered", 7, TONE_WARN, "RFC 9113 5.4.1",
	"The connection ends while {osilab.http2.streams} stream(s) wait for the rest of their answer",
	"스트림 {osilab.http2.streams}개가 나머지 응답을 기다리는데 연결이 끝난다")
NOTE(H2_PING, "http2.ping", 7, TONE_INFO, "RFC 9113 6.7",
	"PING: the {osilab.side} asks for its 8 octets back, to measure the round trip or to see that the other end is alive",
	"PING: {osilab.side} 쪽이 8옥텟을 그대로 돌려 달라고 한다. 왕복 시간을 재거나 상대가 살아 있는지 본다")
NOTE(H2_PONG, "http2.pong", 7, TONE_INFO, "RFC 9113 6.7",
	"PING ACK: the {osilab.side} answers the PING of packet {osilab.ref} after {osilab.http2.time}, the round trip with all that HTTP/2 does in between",
	"PING ACK: {osilab.side} 쪽이 패킷 {osilab.ref}의 PING에 {osilab.http2.time} 만에 답한다. HTTP/2가 사이에서 하는 일까지 합친 왕복 시간이다")
NOTE(H2_PONG_ALONE, "http2.pong.alone", 7, TONE_INFO, "RFC 9113 6.7",
	"PING ACK of the {osilab.side} to a PING that is not in this capture",
	"이 캡처에 없는 PING에 대한 {osilab.side} 쪽의 PING ACK")
NOTE(H2_WINDOW_UPDATE, "http2.window_update", 7, TONE_INFO, "RFC 9113 6.9",
	"WINDOW_UPDATE: the {osilab.side} can take {http2.window_update.window_size_increment} octets more on the whole connection",
	"WINDOW_UPDATE: {osilab.side} 쪽이 연결 전체로 {http2.window_update.window_size_increment}옥텟을 더 받을 수 있다")
NOTE(H2_WINDOW_UPDATE_STREAM, "http2.window_update.stream", 7, TONE_INFO, "RFC 9113 6.9",
	"WINDOW_UPDATE: the {osilab.side} can take {http2.window_update.window_size_increment} octets more on stream {http2.streamid}",
	"WINDOW_UPDATE: {osilab.side} 쪽이 스트림 {http2.streamid}에서 {http2.window_update.window_size_increment}옥텟을 더 받을 수 있다")
NOTE(H2_WINDOW_SPENT, "http2.window.spent", 7, TONE_WARN, "RFC 9113 5.2.1",
	"The window of the whole connection is used up: the {osilab.side} must not send content on any stream until a WINDOW_UPDATE comes",
	"연결 전체의 윈도를 다 썼다: WINDOW_UPDATE가 올 때까지 {osilab.side} 쪽은 어느 스트림으로도 내용을 보낼 수 없다")
NOTE(H2_WINDOW_SPENT_STREAM, "http2.window.spent_stream", 7, TONE_WARN, "RFC 9113 5.2.1",
	"The window of stream {http2.streamid} is used up: the {osilab.side} must wait for a WINDOW_UPDATE; other streams can go on",
	"스트림 {http2.streamid}의 윈도를 다 썼다: {osilab.side} 쪽은 WINDOW_UPDATE를 기다려야 한다. 다른 스트림은 계속할 수 있다")
NOTE(H2_WINDOW_OPEN, "http2.window.open", 7, TONE_INFO, "RFC 9113 6.9",
	"The window is open again: the {osilab.side} could not send for {osilab.http2.stalled}, whatever TCP would have allowed",
	"윈도가 다시 열렸다: TCP가 허락했더라도 {osilab.side} 쪽은 {osilab.http2.stalled} 동안 보낼 수 없었다")
NOTE(H2_WINDOW_OVERRUN, "http2.window.overrun", 7, TONE_BAD, "RFC 9113 6.9.1",
	"The {osilab.side} sends {osilab.http2.over} octets more than the window allows (FLOW_CONTROL_ERROR)",
	"{osilab.side} 쪽이 윈도가 허락한 것보다 {osilab.http2.over}옥텟을 더 보낸다(FLOW_CONTROL_ERROR)")
NOTE(H2_WINDOW_OVERFLOW, "http2.window.overflow", 7, TONE_BAD, "RFC 9113 6.9.1",
	"The {osilab.side} lets a window grow beyond 2^31-1 (FLOW_CONTROL_ERROR)",
	"{osilab.side} 쪽이 윈도를 2^31-1보다 크게 키운다(FLOW_CONTROL_ERROR)")
NOTE(H2_PRIORITY, "http2.priority", 7, TONE_INFO, "RFC 9113 5.3.2",
	"PRIORITY: stream {http2.streamid} is to come behind stream {http2.stream_dependency} with weight {http2.headers.weight_real}. The scheme is given up, and mostly ignored",
	"PRIORITY: 스트림 {http2.streamid}을(를) 스트림 {http2.stream_dependency} 뒤에 가중치 {http2.headers.weight_real}(으)로 둔다. 폐지된 방식이라 대개 무시된다")
NOTE(H2_PRIORITY_ALONG, "http2.priority.along", 7, TONE_INFO, "RFC 9113 5.3.2",
	"With a priority: behind stream {http2.stream_dependency}, weight {http2.headers.weight_real}. The scheme is given up, and mostly ignored",
	"우선순위가 함께 왔다: 스트림 {http2.stream_dependency} 뒤, 가중치 {http2.headers.weight_real}. 폐지된 방식이라 대개 무시된다")
NOTE(H2_PRIORITY_UPDATE, "http2.priority_update", 7, TONE_INFO, "RFC 9218 7.1",
	"PRIORITY_UPDATE: stream {http2.priority_update_stream_id} gets the priority \"{http2.priority_update_field_value}\" (u: urgency, 0 first to 7; i: of use in pieces)",
	"PRIORITY_UPDATE: 스트림 {http2.priority_update_stream_id}의 우선순위를 \"{http2.priority_update_field_value}\"(으)로 바꾼다(u: 긴급도, 0이 가장 먼저, 7까지. i: 조각만으로도 쓸모 있음)")
NOTE(H2_ALTSVC, "http2.altsvc", 7, TONE_INFO, "RFC 7838 4",
	"ALTSVC: {http2.altsvc.origin} can also be reached as {http2.altsvc.field_value}",
	"ALTSVC: {http2.altsvc.origin}에는 {http2.altsvc.field_value}(으)로도 갈 수 있다")
NOTE(H2_ORIGIN, "http2.origin", 7, TONE_INFO, "RFC 8336 2",
	"ORIGIN: this connection may also be used for {http2.origin.origin}",
	"ORIGIN: 이 연결은 {http2.origin.origin}에도 쓸 수 있다")
NOTE(H2_OTHER_FRAME, "http2.other_frame", 7, TONE_INFO, "RFC 9113 5.5",
	"A frame of type {http2.type}, which has no name here, {osilab.http2.bytes} octets: receivers ignore what they do not know",
	"여기서는 이름을 모르는 {http2.type}번 종류의 프레임, {osilab.http2.bytes}옥텟: 받는 쪽은 모르는 것을 무시한다")
NOTE(H2_FRAME_BAD, "http2.frame_bad", 7, TONE_BAD, "RFC 9113 5.4",
	"A {osilab.http2.frame} frame against the rules: {osilab.http2.reason} ({osilab.http2.error})",
	"규칙에 어긋난 {osilab.http2.frame} 프레임: {osilab.http2.reason} ({osilab.http2.error})")

/* --- Cookies --------------------------------------------------------------------------------------------- */
NOTE(COOKIE_SET, "cookie.set", 7, TONE_INFO, "RFC 6265bis 4.1",
	"Set-Cookie: the server hands out {osilab.cookie.name} = {osilab.cookie.value}",
	"Set-Cookie: 서버가 {osilab.cookie.name} = {osilab.cookie.value}을(를) 내준다")
NOTE(COOKIE_ROTATED, "cookie.rotated", 7, TONE_GOOD, "RFC 6265bis 8.4",
	"{osilab.cookie.name} gets a new value (before: packet {osilab.ref}): an id planted or stolen earlier is worth nothing now",
	"{osilab.cookie.name}의 값이 바뀌었다(이전: 패킷 {osilab.ref}): 미리 심거나 훔친 ID는 이제 쓸모없다")
NOTE(COOKIE_ROTATED_AT_LOGIN, "cookie.rotated_at_login", 7, TONE_GOOD, "RFC 6265bis 8.4",
	"{osilab.cookie.name} gets a new value at the login (before: packet {osilab.ref}): whoever planted the old one is not logged in",
	"로그인할 때 {osilab.cookie.name}의 값이 바뀐다(이전: 패킷 {osilab.ref}): 옛 값을 심은 사람은 로그인되지 않는다")
NOTE(COOKIE_FIXATION, "cookie.fixation", 7, TONE_BAD, "RFC 6265bis 8.4",
	"{osilab.cookie.name} existed before this login (packet {osilab.ref}) and stays the same: if the login succeeded, whoever planted or read it then is logged in too (session fixation)",
	"{osilab.cookie.name}은(는) 이 로그인 전(패킷 {osilab.ref})부터 있었고 그대로다: 로그인에 성공했다면 그때 심거나 읽은 사람도 함께 로그인된 것이다(세션 고정)")
NOTE(COOKIE_IGNORED, "cookie.ignored", 7, TONE_BAD, "RFC 6265bis 5.6",
	"Browsers ignore this Set-Cookie as a whole: {osilab.cookie.flaw}",
	"브라우저는 이 Set-Cookie를 통째로 무시한다: {osilab.cookie.flaw}")
NOTE(COOKIE_TWICE, "cookie.twice", 7, TONE_WARN, "RFC 6265bis 4.1.1",
	"{osilab.cookie.name} stands here more than once: which one counts depends on who reads it",
	"{osilab.cookie.name}이(가) 한 번 넘게 들어 있다: 어느 것이 유효한지는 읽는 쪽에 달렸다")
NOTE(COOKIE_MORE, "cookie.more", 7, TONE_WARN, "RFC 6265bis 6.1",
	"And {osilab.cookie.more} more cookies in this request: no browser sends so many",
	"이 요청에는 쿠키가 {osilab.cookie.more}개 더 있다: 이렇게 많이 보내는 브라우저는 없다")
NOTE(COOKIE_OCTETS, "cookie.octets", 7, TONE_WARN, "RFC 6265bis 4.1.1",
	"{osilab.cookie.name} holds characters that a cookie may not have (a space, a quote, a comma, a backslash, or none of ASCII): servers read it differently",
	"{osilab.cookie.name}에 쿠키에 쓸 수 없는 문자(공백, 따옴표, 쉼표, 역슬래시, ASCII가 아닌 것)가 있다: 서버마다 다르게 읽는다")
NOTE(COOKIE_DELETED, "cookie.deleted", 7, TONE_INFO, "RFC 6265bis 4.1.2.2",
	"Set-Cookie: {osilab.cookie.name} is deleted in the browser (its lifetime is over)",
	"Set-Cookie: 브라우저에서 {osilab.cookie.name}을(를) 지운다(수명이 끝났다)")
NOTE(COOKIE_SECURE, "cookie.secure", 7, TONE_GOOD, "RFC 6265bis 4.1.2.5",
	"Secure: {osilab.cookie.name} is sent back over TLS only",
	"Secure: {osilab.cookie.name}은(는) TLS로만 되돌려 보낸다")
NOTE(COOKIE_NOT_SECURE, "cookie.not_secure", 7, TONE_BAD, "RFC 6265bis 4.1.2.5",
	"No Secure: {osilab.cookie.name} also travels over plain HTTP, where anyone on the way can read and use it",
	"Secure 없음: {osilab.cookie.name}이(가) 평문 HTTP로도 다니므로 도중에 누구나 읽고 쓸 수 있다")
NOTE(COOKIE_HTTP_ONLY, "cookie.http_only", 7, TONE_GOOD, "RFC 6265bis 4.1.2.6",
	"HttpOnly: scripts in the page cannot read {osilab.cookie.name}",
	"HttpOnly: 페이지의 스크립트는 {osilab.cookie.name}을(를) 읽을 수 없다")
NOTE(COOKIE_NOT_HTTP_ONLY, "cookie.not_http_only", 7, TONE_WARN, "RFC 6265bis 4.1.2.6",
	"No HttpOnly: an injected script can read {osilab.cookie.name}",
	"HttpOnly 없음: 주입된 스크립트가 {osilab.cookie.name}을(를) 읽을 수 있다")
NOTE(COOKIE_SAMESITE, "cookie.samesite", 7, TONE_GOOD, "RFC 6265bis 4.1.2.7",
	"SameSite={osilab.cookie.samesite}: {osilab.cookie.samesite_words}",
	"SameSite={osilab.cookie.samesite}: {osilab.cookie.samesite_words}")
NOTE(COOKIE_SAMESITE_NONE, "cookie.samesite_none", 7, TONE_WARN, "RFC 6265bis 4.1.2.7",
	"SameSite=None: {osilab.cookie.name} goes along with requests from every other site, so forged requests must be stopped elsewhere",
	"SameSite=None: 다른 모든 사이트에서 오는 요청에도 {osilab.cookie.name}이(가) 실리므로 위조 요청은 다른 방법으로 막아야 한다")
NOTE(COOKIE_SAMESITE_DEFAULT, "cookie.samesite_default", 7, TONE_WARN, "RFC 6265bis 4.1.2.7",
	"No SameSite: each browser applies its own default (Lax in some, None in others)",
	"SameSite 없음: 브라우저마다 기본값이 다르다(Lax인 것도, None인 것도 있다)")
NOTE(COOKIE_HOST_PREFIX, "cookie.host_prefix", 7, TONE_GOOD, "RFC 6265bis 4.1.3.2",
	"__Host-: browsers take it only with Secure, Path=/ and no Domain, so no sibling host can plant one",
	"__Host-: Secure, Path=/이고 Domain이 없을 때만 브라우저가 받으므로 이웃 호스트가 심을 수 없다")
NOTE(COOKIE_SECURE_PREFIX, "cookie.secure_prefix", 7, TONE_GOOD, "RFC 6265bis 4.1.3.1",
	"__Secure-: browsers take {osilab.cookie.name} over TLS and with Secure only, so nobody on the way can plant one",
	"__Secure-: 브라우저는 {osilab.cookie.name}을(를) TLS로, Secure가 있을 때만 받으므로 도중에 누가 심을 수 없다")
NOTE(COOKIE_PARTITIONED, "cookie.partitioned", 7, TONE_GOOD, "draft-cutler-httpbis-partitioned-cookies",
	"Partitioned: {osilab.cookie.name} is kept apart for each site that embeds this one, so it cannot follow people from site to site",
	"Partitioned: {osilab.cookie.name}은(는) 끼워 넣은 사이트마다 따로 보관되므로 사이트를 옮겨 다니는 사람을 쫓을 수 없다")
NOTE(COOKIE_DOMAIN_BROADER, "cookie.domain_broader", 7, TONE_WARN, "RFC 6265bis 4.1.2.3",
	"Domain={osilab.cookie.domain} is broader than {osilab.cookie.host}, which sets it: every host of {osilab.cookie.domain} gets {osilab.cookie.name} and can overwrite it",
	"Domain={osilab.cookie.domain}은(는) 설정하는 호스트 {osilab.cookie.host}보다 넓다: {osilab.cookie.domain}의 모든 호스트가 {osilab.cookie.name}을(를) 받고 덮어쓸 수 있다")
NOTE(COOKIE_DOMAIN, "cookie.domain", 7, TONE_WARN, "RFC 6265bis 4.1.2.3",
	"Domain={osilab.cookie.domain}: every host below it gets {osilab.cookie.name} too",
	"Domain={osilab.cookie.domain}: 그 아래 모든 호스트도 {osilab.cookie.name}을(를) 받는다")
NOTE(COOKIE_HOST_ONLY, "cookie.host_only", 7, TONE_GOOD, "RFC 6265bis 4.1.2.3",
	"No Domain: {osilab.cookie.name} goes back to this very host alone",
	"Domain 없음: {osilab.cookie.name}은(는) 바로 이 호스트에만 돌아간다")
NOTE(COOKIE_PATH, "cookie.path", 7, TONE_INFO, "RFC 6265bis 4.1.2.4",
	"Path={osilab.cookie.path}: which requests carry it; a convenience, not a protection",
	"Path={osilab.cookie.path}: 어느 요청에 실릴지를 정한다. 편의일 뿐 보호 수단은 아니다")
NOTE(COOKIE_SESSION, "cookie.session", 7, TONE_INFO, "RFC 6265bis 4.1.2",
	"Neither Max-Age nor Expires: a session cookie, gone when the browser ends; the server is not told",
	"Max-Age도 Expires도 없음: 브라우저를 끝내면 사라지는 세션 쿠키이며, 서버는 그 사실을 모른다")
NOTE(COOKIE_LIFETIME, "cookie.lifetime", 7, TONE_INFO, "RFC 6265bis 4.1.2.2",
	"Kept for {osilab.cookie.lifetime}, also when the browser is closed",
	"브라우저를 닫아도 {osilab.cookie.lifetime} 동안 남는다")
NOTE(COOKIE_LIFETIME_LONG, "cookie.lifetime_long", 7, TONE_WARN, "RFC 6265bis 5.5",
	"It asks to be kept for {osilab.cookie.lifetime}: browsers cut that to 400 days",
	"{osilab.cookie.lifetime} 동안 두라고 하지만 브라우저는 400일로 줄인다")
NOTE(COOKIE_UNKNOWN_ATTRIBUTES, "cookie.unknown_attributes", 7, TONE_INFO, "RFC 6265bis 5.6",
	"{osilab.cookie.unknown_attributes} attribute(s) that no standard knows: passed over",
	"표준에 없는 속성 {osilab.cookie.unknown_attributes}개는 무시된다")
NOTE(COOKIE_FLAW, "cookie.flaw", 7, TONE_BAD, "RFC 6265bis 5.7",
	"Browsers refuse this cookie: {osilab.cookie.flaw}",
	"브라우저가 이 쿠키를 거부한다: {osilab.cookie.flaw}")
NOTE(COOKIE_RETURNED, "cookie.returned", 7, TONE_INFO, "RFC 6265bis 4.2",
	"Cookie: {osilab.cookie.name} comes back, the one set in packet {osilab.ref}. HTTP remembers nothing: this is how the server knows the client again",
	"Cookie: 패킷 {osilab.ref}에서 받은 {osilab.cookie.name}이(가) 되돌아온다. HTTP는 기억하지 못하므로 서버는 이것으로 클라이언트를 다시 알아본다")
NOTE(COOKIE_UNKNOWN, "cookie.unknown", 7, TONE_WARN, "RFC 6265bis 8.4",
	"Cookie: no response in this capture has set {osilab.cookie.name} = {osilab.cookie.value}; it is older than the capture, or made up",
	"Cookie: {osilab.cookie.name} = {osilab.cookie.value}을(를) 내준 응답이 이 캡처에 없다. 캡처보다 오래되었거나 지어낸 것이다")
NOTE(COOKIE_AGAIN, "cookie.again", 7, TONE_INFO, "RFC 6265bis 4.2",
	"Cookie: {osilab.cookie.name} again, as in packet {osilab.ref}; what set it is not in this capture",
	"Cookie: 패킷 {osilab.ref}에서처럼 {osilab.cookie.name}을(를) 다시 보낸다. 그것을 내준 응답은 이 캡처에 없다")
NOTE(COOKIE_OLD_VALUE, "cookie.old_value", 7, TONE_WARN, "RFC 6265bis 5.7",
	"Cookie: {osilab.cookie.name} has an older value; packet {osilab.ref} had replaced it",
	"Cookie: {osilab.cookie.name}의 값이 예전 것이다. 패킷 {osilab.ref}에서 바뀌었다")
NOTE(COOKIE_EXPIRED, "cookie.expired", 7, TONE_WARN, "RFC 6265bis 5.8.3",
	"Cookie: {osilab.cookie.name}, set in packet {osilab.ref}, is sent although its lifetime is over",
	"Cookie: 패킷 {osilab.ref}에서 받은 {osilab.cookie.name}의 수명이 끝났는데도 보낸다")
NOTE(COOKIE_AFTER_DELETE, "cookie.after_delete", 7, TONE_WARN, "RFC 6265bis 5.7",
	"Cookie: {osilab.cookie.name} is sent although packet {osilab.ref} deleted it",
	"Cookie: 패킷 {osilab.ref}에서 지운 {osilab.cookie.name}을(를) 보낸다")
NOTE(COOKIE_IN_CLEAR, "cookie.in_clear", 7, TONE_BAD, "RFC 6265bis 8.3",
	"{osilab.cookie.name} travels in clear: whoever reads this packet can be this user",
	"{osilab.cookie.name}이(가) 평문으로 다닌다: 이 패킷을 읽는 사람은 이 사용자 행세를 할 수 있다")
NOTE(COOKIE_OVER_PLAIN, "cookie.over_plain", 7, TONE_BAD, "RFC 6265bis 8.3",
	"{osilab.cookie.name} was set inside TLS and now travels in clear: without Secure one plain request gives it away",
	"{osilab.cookie.name}은(는) TLS 안에서 받은 것인데 이제 평문으로 다닌다: Secure가 없으면 평문 요청 하나로 새어 나간다")
NOTE(COOKIE_TWO_CLIENTS, "cookie.two_clients", 7, TONE_WARN, "RFC 6265bis 8.4",
	"{osilab.cookie.name} comes from another address than in packet {osilab.ref}: the client moved, sits behind another address translation, or the cookie was stolen",
	"{osilab.cookie.name}이(가) 패킷 {osilab.ref}과(와) 다른 주소에서 온다: 클라이언트가 옮겨 갔거나, 다른 주소 변환 뒤에 있거나, 쿠키를 도둑맞았다")

/* --- Who is asking ---------------------------------------------------------------------------------------- */
NOTE(AUTH_BASIC, "auth.basic", 7, TONE_INFO, "RFC 7617",
	"{osilab.auth.field}: Basic for user {osilab.auth.user}, password {osilab.auth.password}. Base64 hides nothing: only TLS protects it",
	"{osilab.auth.field}: Basic, 사용자 {osilab.auth.user}, 비밀번호 {osilab.auth.password}. Base64는 숨기는 것이 아니며 TLS만이 지켜 준다")
NOTE(AUTH_IN_CLEAR, "auth.in_clear", 7, TONE_BAD, "RFC 7617 4",
	"These credentials travel in clear: whoever reads this packet can use them",
	"이 자격 증명이 평문으로 다닌다: 이 패킷을 읽는 사람은 누구나 쓸 수 있다")
NOTE(AUTH_DIGEST, "auth.digest", 7, TONE_INFO, "RFC 7616 3.4",
	"{osilab.auth.field}: Digest for user {osilab.auth.user} in realm {osilab.auth.realm}: a hash ({osilab.auth.algorithm}) proves the password without sending it",
	"{osilab.auth.field}: Digest, 영역 {osilab.auth.realm}의 사용자 {osilab.auth.user}: 비밀번호를 보내지 않고 해시({osilab.auth.algorithm})로 증명한다")
NOTE(AUTH_DIGEST_QOP, "auth.digest.qop", 7, TONE_INFO, "RFC 7616 3.4.3",
	"qop {osilab.auth.qop}: the hash covers {osilab.auth.covers}; use no. {osilab.auth.nc} of the server's number, so that a copy of it shows",
	"qop {osilab.auth.qop}: 해시가 {osilab.auth.covers}을(를) 포함한다. 서버가 준 수를 {osilab.auth.nc}번째 쓰는 것이므로 그대로 베껴 보내면 드러난다")
NOTE(AUTH_DIGEST_MD5, "auth.digest.md5", 7, TONE_WARN, "RFC 7616 3.2",
	"{osilab.auth.algorithm} is weak: who reads this can try billions of passwords a second against it; SHA-256 is the standard now",
	"{osilab.auth.algorithm}은(는) 약하다: 이것을 읽은 사람은 초당 수십억 개의 비밀번호를 대입해 볼 수 있다. 지금의 표준은 SHA-256이다")
NOTE(AUTH_DIGEST_NO_QOP, "auth.digest.no_qop", 7, TONE_WARN, "RFC 7616 3.4",
	"Without qop the client adds nothing of its own to the hash: tables made in advance fit it",
	"qop가 없으면 클라이언트가 해시에 자기 값을 더하지 않는다: 미리 만들어 둔 표로 찾을 수 있다")
NOTE(AUTH_BEARER, "auth.bearer", 7, TONE_INFO, "RFC 6750 2.1",
	"{osilab.auth.field}: Bearer: an opaque token of {osilab.auth.bytes} bytes; whoever holds it may use it",
	"{osilab.auth.field}: Bearer: 내용을 알 수 없는 {osilab.auth.bytes}바이트 토큰. 가진 사람은 누구나 쓸 수 있다")
NOTE(AUTH_BEARER_AGAIN, "auth.bearer.again", 7, TONE_INFO, "RFC 6750 2.1",
	"{osilab.auth.field}: Bearer: the opaque token of packet {osilab.ref} again ({osilab.auth.bytes} bytes)",
	"{osilab.auth.field}: Bearer: 패킷 {osilab.ref}에 나온 내용을 알 수 없는 토큰({osilab.auth.bytes}바이트)을 다시 보낸다")
NOTE(AUTH_NEGOTIATE, "auth.negotiate", 7, TONE_INFO, "RFC 4559 4",
	"{osilab.auth.field}: {osilab.auth.scheme}: a ticket of Kerberos or another mechanism, wrapped in SPNEGO",
	"{osilab.auth.field}: {osilab.auth.scheme}: SPNEGO로 감싼 Kerberos 등의 티켓")
NOTE(AUTH_NTLM, "auth.ntlm", 7, TONE_WARN, "MS-NLMP",
	"{osilab.auth.field}: {osilab.auth.scheme} with NTLM, message {osilab.auth.ntlm} of 3: {osilab.auth.ntlm_what}. It belongs to the connection, not to the request, and its hashes can be relayed or guessed",
	"{osilab.auth.field}: {osilab.auth.scheme}, NTLM 메시지 {osilab.auth.ntlm}/3: {osilab.auth.ntlm_what}. 요청이 아니라 연결에 속하며, 그 해시는 중계되거나 추측될 수 있다")
NOTE(AUTH_OTHER, "auth.other", 7, TONE_INFO, "RFC 9110 11.6.2",
	"{osilab.auth.field} with the scheme {osilab.auth.scheme}",
	"{osilab.auth.scheme} 방식의 {osilab.auth.field}")
NOTE(AUTH_CHALLENGE, "auth.challenge", 7, TONE_INFO, "RFC 9110 11.6.1",
	"{osilab.auth.field}: the server asks for {osilab.auth.scheme}: {osilab.auth.wants}",
	"{osilab.auth.field}: 서버가 {osilab.auth.scheme} 인증을 요구한다: {osilab.auth.wants}")
NOTE(AUTH_CHALLENGE_OTHER, "auth.challenge.other", 7, TONE_INFO, "RFC 9110 11.6.1",
	"{osilab.auth.field}: the server asks for {osilab.auth.scheme}",
	"{osilab.auth.field}: 서버가 {osilab.auth.scheme} 인증을 요구한다")
NOTE(AUTH_ANSWERS, "auth.answers", 7, TONE_INFO, "RFC 9110 11.6.2",
	"This answers the challenge ({osilab.auth.scheme}) of packet {osilab.ref}",
	"패킷 {osilab.ref}의 인증 요구({osilab.auth.scheme})에 답한다")
NOTE(AUTH_REFUSED, "auth.refused", 7, TONE_WARN, "RFC 9110 15.5.2",
	"{http.response.code}: the server does not accept the {osilab.auth.what} that packet {osilab.ref} brought",
	"{http.response.code}: 패킷 {osilab.ref}이(가) 가져온 {osilab.auth.what}을(를) 서버가 받아들이지 않는다")
NOTE(JWT_HEADER, "jwt.header", 7, TONE_INFO, "RFC 7515 4.1",
	"{osilab.jwt.where}: a JSON Web Token, signed with {osilab.jwt.alg}. It is encoded, not encrypted: anyone who sees it can read it",
	"{osilab.jwt.where}: {osilab.jwt.alg}(으)로 서명한 JSON Web Token. 암호화가 아니라 부호화이므로 보는 사람은 누구나 읽을 수 있다")
NOTE(JWT_HEADER_KID, "jwt.header.kid", 7, TONE_INFO, "RFC 7515 4.1.4",
	"{osilab.jwt.where}: a JSON Web Token, signed with {osilab.jwt.alg} (key id {osilab.jwt.kid}). It is encoded, not encrypted: anyone who sees it can read it",
	"{osilab.jwt.where}: {osilab.jwt.alg}(으)로 서명한 JSON Web Token(키 ID {osilab.jwt.kid}). 암호화가 아니라 부호화이므로 보는 사람은 누구나 읽을 수 있다")
NOTE(JWT_RETURNED, "jwt.returned", 7, TONE_INFO, "RFC 6750 2",
	"{osilab.jwt.where}: the JSON Web Token that packet {osilab.ref} handed out comes back",
	"{osilab.jwt.where}: 패킷 {osilab.ref}이(가) 내준 JSON Web Token이 되돌아온다")
NOTE(JWT_AGAIN, "jwt.again", 7, TONE_INFO, "RFC 6750 2",
	"{osilab.jwt.where}: the JSON Web Token of packet {osilab.ref} again",
	"{osilab.jwt.where}: 패킷 {osilab.ref}의 JSON Web Token이 다시 나온다")
NOTE(JWT_KID, "jwt.kid", 7, TONE_BAD, "RFC 8725 3.10",
	"The key id \"{osilab.jwt.kid}\" looks like a path or a query: a server that puts it into one can be made to use another key",
	"키 ID \"{osilab.jwt.kid}\"이(가) 경로나 질의처럼 생겼다: 이를 그대로 쓰는 서버는 다른 키를 쓰게 될 수 있다")
NOTE(JWT_BRINGS_KEY, "jwt.brings_key", 7, TONE_WARN, "RFC 8725 3.10",
	"The header says with {osilab.jwt.key_source} which key fits: a server that believes it trusts whoever wrote the token",
	"헤더가 {osilab.jwt.key_source}(으)로 어떤 키가 맞는지 스스로 말한다: 이를 믿는 서버는 토큰을 쓴 누구나 믿게 된다")
NOTE(JWT_CRIT, "jwt.crit", 7, TONE_WARN, "RFC 7515 4.1.11",
	"The header demands extensions (crit): who does not know them must refuse the token",
	"헤더가 확장을 요구한다(crit): 이를 모르는 쪽은 토큰을 거부해야 한다")
NOTE(JWT_CLAIMS, "jwt.claims", 7, TONE_INFO, "RFC 7519 4.1",
	"It claims: {osilab.jwt.summary}",
	"담긴 주장: {osilab.jwt.summary}")
NOTE(JWT_SENSITIVE, "jwt.sensitive", 7, TONE_WARN, "RFC 8725 3.12",
	"It tells more than who is asking, readable for everyone who sees it: {osilab.jwt.sensitive}",
	"누가 요청하는지보다 많은 것을 담고 있고 보는 사람은 누구나 읽는다: {osilab.jwt.sensitive}")
NOTE(JWT_TIMES, "jwt.times", 7, TONE_INFO, "RFC 7519 4.1.4",
	"Good until {osilab.jwt.exp}: {osilab.jwt.left} from this packet on, of a lifetime of {osilab.jwt.lifetime}",
	"{osilab.jwt.exp}까지 유효: 이 패킷부터 {osilab.jwt.left} 남았고 전체 수명은 {osilab.jwt.lifetime}이다")
NOTE(JWT_LONG_LIVED, "jwt.long_lived", 7, TONE_WARN, "RFC 8725 3.10",
	"It lives {osilab.jwt.lifetime}: once stolen it is good for as long, since nobody takes tokens back; minutes are usual",
	"수명이 {osilab.jwt.lifetime}이다: 토큰은 거두어들일 수 없으므로 새어 나가면 그동안 내내 쓸 수 있다. 보통은 몇 분이다")
NOTE(JWT_NOT_YET, "jwt.not_yet", 7, TONE_WARN, "RFC 7519 4.1.5",
	"Not good before {osilab.jwt.nbf}, {osilab.jwt.left} after this packet: a clock is wrong, or it is used too early",
	"{osilab.jwt.nbf}(이 패킷보다 {osilab.jwt.left} 뒤)부터 유효하다: 시계가 틀렸거나 너무 일찍 썼다")
NOTE(JWT_EXPIRED, "jwt.expired", 7, TONE_BAD, "RFC 7519 4.1.4",
	"Expired {osilab.jwt.left} before this packet ({osilab.jwt.exp})",
	"이 패킷보다 {osilab.jwt.left} 전에 만료되었다({osilab.jwt.exp})")
NOTE(JWT_EXPIRED_ACCEPTED, "jwt.expired_accepted", 7, TONE_BAD, "RFC 7519 4.1.4",
	"Accepted all the same: the token of packet {osilab.ref} had expired",
	"그런데도 받아들인다: 패킷 {osilab.ref}의 토큰은 만료된 것이었다")
NOTE(TOKEN_GIVEN, "token.given", 7, TONE_INFO, "RFC 6749 5.1",
	"The body hands out an opaque token of {osilab.auth.bytes} bytes ({osilab.auth.member}): whoever holds it may use it",
	"본문이 내용을 알 수 없는 {osilab.auth.bytes}바이트 토큰({osilab.auth.member})을 내준다. 가진 사람은 누구나 쓸 수 있다")
NOTE(TOKEN_AFTER_LOGOUT, "token.after_logout", 7, TONE_BAD, "RFC 7009",
	"The token is accepted although packet {osilab.ref} logged out with it: the logout does not stop it",
	"패킷 {osilab.ref}에서 로그아웃했는데도 토큰을 받아들인다: 로그아웃이 토큰을 막지 못한다")
NOTE(JWT_NO_EXP, "jwt.no_exp", 7, TONE_BAD, "RFC 8725 3.10",
	"No expiry: once stolen it is good for ever",
	"만료 시각이 없다: 한 번 새어 나가면 영원히 쓸 수 있다")
NOTE(JWT_NONE, "jwt.none", 7, TONE_BAD, "RFC 8725 3.2",
	"Algorithm \"{osilab.jwt.alg}\": not signed at all, anybody can write such a token",
	"알고리즘 \"{osilab.jwt.alg}\": 서명이 없어 누구나 이런 토큰을 만들 수 있다")
NOTE(JWT_SIGNED, "jwt.signature_ok", 7, TONE_GOOD, "RFC 7515 5.2",
	"Signature verified with the key given: not one bit of it was changed",
	"주어진 키로 서명을 검증했다: 한 비트도 바뀌지 않았다")
NOTE(JWT_FORGED, "jwt.signature_bad", 7, TONE_BAD, "RFC 7515 5.2",
	"The signature does not fit under the key given: tampered with, or signed with another key",
	"주어진 키로 서명이 맞지 않는다: 변조되었거나 다른 키로 서명되었다")
NOTE(JWT_OTHER_KEY, "jwt.other_key", 7, TONE_INFO, "RFC 8725 3.1",
	"The key given is not of the kind that {osilab.jwt.alg} takes: the signature is not judged",
	"주어진 키는 {osilab.jwt.alg}에 맞는 종류가 아니다: 서명을 판단하지 않는다")
NOTE(PASSWORD_IN_CLEAR, "password.in_clear", 7, TONE_BAD, "OWASP ASVS 9.1",
	"A form with a password for user {osilab.auth.user}, in clear: anyone on the way reads {osilab.auth.password}",
	"사용자 {osilab.auth.user}의 비밀번호가 든 폼이 평문이다: 도중에 누구나 {osilab.auth.password}을(를) 읽는다")
NOTE(PASSWORD_SEALED, "password.sealed", 7, TONE_GOOD, "OWASP ASVS 9.1",
	"A form with a password for user {osilab.auth.user}, inside TLS: on the wire it is ciphertext",
	"사용자 {osilab.auth.user}의 비밀번호가 든 폼이 TLS 안에 있다: 선로에서는 암호문이다")
NOTE(PASSWORD_ASKED_IN_CLEAR, "password.asked_in_clear", 7, TONE_BAD, "OWASP ASVS 9.1",
	"A page with a password field, over plain HTTP: who is on the way can change where the password goes, even if the form leads to HTTPS",
	"비밀번호 칸이 있는 페이지가 평문 HTTP로 온다: 폼이 HTTPS로 가더라도 도중에 있는 사람이 비밀번호의 행선지를 바꿀 수 있다")
NOTE(URL_USERINFO, "url.userinfo", 7, TONE_BAD, "RFC 3986 3.2.1",
	"User {osilab.auth.user} and password {osilab.auth.password} stand in the URL: in histories, logs and proxies too",
	"URL에 사용자 {osilab.auth.user}과(와) 비밀번호 {osilab.auth.password}이(가) 들어 있다: 방문 기록, 로그, 프록시에도 남는다")
NOTE(URL_PASSWORD, "url.password", 7, TONE_BAD, "RFC 9110 17.9",
	"A password stands in the URL ({osilab.url.parameter} = {osilab.url.value}): URLs end up in histories, logs and Referer fields",
	"URL에 비밀번호가 들어 있다({osilab.url.parameter} = {osilab.url.value}): URL은 방문 기록, 로그, Referer 필드에 남는다")
NOTE(URL_TOKEN, "url.token", 7, TONE_BAD, "RFC 6750 5.3",
	"A token or key stands in the URL ({osilab.url.parameter} = {osilab.url.value}): URLs end up in histories, logs and Referer fields",
	"URL에 토큰이나 키가 들어 있다({osilab.url.parameter} = {osilab.url.value}): URL은 방문 기록, 로그, Referer 필드에 남는다")
NOTE(URL_SESSION, "url.session", 7, TONE_BAD, "RFC 9110 17.9",
	"A session's id stands in the URL ({osilab.url.parameter} = {osilab.url.value}): who gets the link is logged in",
	"URL에 세션 ID가 들어 있다({osilab.url.parameter} = {osilab.url.value}): 링크를 받는 사람도 로그인된다")
NOTE(FIND_HIT, "find.hit", 7, TONE_BAD, "",
	"\"{osilab.find.text}\" stands here in clear",
	"\"{osilab.find.text}\"이(가) 여기 평문으로 있다")
NOTE(FIND_SEEN, "find.seen", 7, TONE_BAD, "",
	"\"{osilab.find.text}\" is readable in {osilab.find.packets} packet(s) on port {osilab.find.port}, first in packet {osilab.ref}",
	"\"{osilab.find.text}\"은(는) {osilab.find.port}번 포트의 패킷 {osilab.find.packets}개에서 읽힌다. 처음은 패킷 {osilab.ref}")
NOTE(FIND_NOT_SEEN, "find.not_seen", 7, TONE_GOOD, "",
	"\"{osilab.find.text}\" is readable in none of the {osilab.find.packets} packets on port {osilab.find.port}",
	"\"{osilab.find.text}\"은(는) {osilab.find.port}번 포트의 패킷 {osilab.find.packets}개 어디에서도 읽히지 않는다")

#include "trace/notes_udp.h"

/* --- At the end ------------------------------------------------------------------------------------------- */
NOTE(CAPTURE_DROPS, "capture.drops", 2, TONE_BAD, "",
	"{osilab.capture.drops} packet(s) were dropped before they could be captured: answers drawn from this capture may be wrong",
	"패킷 {osilab.capture.drops}개를 캡처하지 못하고 놓쳤다: 이 캡처에서 얻은 답은 틀릴 수 있다")
NOTE(LINK_UNKNOWN, "capture.link_unknown", 2, TONE_WARN, "",
	"{osilab.capture.unknown} packet(s) have a link type that is not decoded here, number {osilab.capture.link_type}: they are counted, and -x shows their bytes",
	"패킷 {osilab.capture.unknown}개는 여기서 해석하지 않는 링크 종류({osilab.capture.link_type}번)이다: 개수만 세며, 바이트는 -x로 볼 수 있다")
NOTE(DISPLAY_FAILED, "display.failed", 7, TONE_WARN, "",
	"The expression of -Y failed on {osilab.display.failed} of {osilab.display.packets} packet(s), which are not shown for that; on packet {osilab.ref}: {osilab.display.why}",
	"-Y의 식을 패킷 {osilab.display.packets}개 가운데 {osilab.display.failed}개에서 계산하지 못했고, 그런 패킷은 보이지 않았다; {osilab.ref}번 패킷에서: {osilab.display.why}")
NOTE(TCP_OPEN_AT_END, "capture.tcp_open", 4, TONE_INFO, "RFC 9293 3.3.2",
	"{osilab.tcp.open} connection(s) were still open when the capture ended: what came later is not known",
	"캡처가 끝날 때 연결 {osilab.tcp.open}개가 아직 열려 있었다: 그 뒤의 일은 알 수 없다")
NOTE(TCP_CLOSING_AT_END, "capture.tcp_closing", 4, TONE_INFO, "RFC 9293 3.6",
	"{osilab.tcp.closing} connection(s) were being closed when the capture ended: an acknowledgement of a FIN is missing",
	"캡처가 끝날 때 연결 {osilab.tcp.closing}개가 닫히는 중이었다: FIN에 대한 확인 응답이 없다")
NOTE(TCP_UNANSWERED, "capture.tcp_unanswered", 4, TONE_BAD, "RFC 9293 3.5",
	"{osilab.tcp.unanswered} connection(s) were asked for and never answered: a firewall drops the SYN, or nobody has the address",
	"연결 요청 {osilab.tcp.unanswered}개에 아무 답이 없었다: 방화벽이 SYN을 버리거나 그 주소를 쓰는 곳이 없다")
NOTE(FRAG_DROPPED, "capture.fragments_dropped", 3, TONE_WARN, "",
	"{osilab.frag.dropped} unfinished datagram(s) were given up to stay within the memory limit (see --memory)",
	"메모리 한도를 지키려고 완성되지 않은 데이터그램 {osilab.frag.dropped}개를 포기했다(--memory 참고)")
NOTE(FRAG_MISSING_MORE, "capture.fragments_missing", 3, TONE_BAD, "RFC 1122 3.3.2",
	"{osilab.frag.unfinished} more datagram(s) never became whole",
	"데이터그램 {osilab.frag.unfinished}개가 더 완성되지 않았다")
NOTE(ECHO_UNANSWERED, "capture.echo_unanswered", 3, TONE_WARN, "RFC 792",
	"{osilab.icmp.unanswered} of {osilab.icmp.requests} ping(s) got no answer in this capture",
	"핑 {osilab.icmp.requests}개 가운데 {osilab.icmp.unanswered}개는 이 캡처에서 답을 받지 못했다")
NOTE(FLOWS_DROPPED, "capture.flows_dropped", 4, TONE_WARN, "",
	"{osilab.capture.flows} flow(s) were given up early to stay within the memory limit (see --memory)",
	"메모리 한도를 지키려고 흐름 {osilab.capture.flows}개를 일찍 포기했다(--memory 참고)")
NOTE(COOKIE_LIFE, "cookie.life", 7, TONE_INFO, "RFC 6265bis 5.7",
	"Cookie {osilab.cookie.name} of {osilab.cookie.host}: first set in packet {osilab.cookie.set} ({osilab.cookie.set_count}× Set-Cookie, {osilab.cookie.values} value(s)), sent back {osilab.cookie.sent_count}×, last in packet {osilab.cookie.sent_last}; alive at the end",
	"{osilab.cookie.host}의 쿠키 {osilab.cookie.name}: 패킷 {osilab.cookie.set}에서 처음 받았고(Set-Cookie {osilab.cookie.set_count}번, 값 {osilab.cookie.values}개) {osilab.cookie.sent_count}번 되돌려 보냈으며 마지막은 패킷 {osilab.cookie.sent_last}이다. 끝까지 살아 있다")
NOTE(COOKIE_LIFE_DELETED, "cookie.life.deleted", 7, TONE_INFO, "RFC 6265bis 5.7",
	"Cookie {osilab.cookie.name} of {osilab.cookie.host}: first set in packet {osilab.cookie.set} ({osilab.cookie.set_count}× Set-Cookie, {osilab.cookie.values} value(s)), sent back {osilab.cookie.sent_count}×, last in packet {osilab.cookie.sent_last}, deleted in packet {osilab.cookie.deleted}",
	"{osilab.cookie.host}의 쿠키 {osilab.cookie.name}: 패킷 {osilab.cookie.set}에서 처음 받았고(Set-Cookie {osilab.cookie.set_count}번, 값 {osilab.cookie.values}개) {osilab.cookie.sent_count}번 되돌려 보냈으며 마지막은 패킷 {osilab.cookie.sent_last}이다. 패킷 {osilab.cookie.deleted}에서 지워졌다")
NOTE(COOKIE_LIFE_UNUSED, "cookie.life.unused", 7, TONE_INFO, "RFC 6265bis 5.7",
	"Cookie {osilab.cookie.name} of {osilab.cookie.host}: first set in packet {osilab.cookie.set} ({osilab.cookie.set_count}× Set-Cookie, {osilab.cookie.values} value(s)), never sent back here",
	"{osilab.cookie.host}의 쿠키 {osilab.cookie.name}: 패킷 {osilab.cookie.set}에서 처음 받았지만(Set-Cookie {osilab.cookie.set_count}번, 값 {osilab.cookie.values}개) 여기서는 한 번도 되돌려 보내지 않았다")
NOTE(COOKIE_LIFE_DELETED_UNUSED, "cookie.life.deleted_unused", 7, TONE_INFO, "RFC 6265bis 5.7",
	"Cookie {osilab.cookie.name} of {osilab.cookie.host}: set in packet {osilab.cookie.set}, never sent back here, deleted in packet {osilab.cookie.deleted}",
	"{osilab.cookie.host}의 쿠키 {osilab.cookie.name}: 패킷 {osilab.cookie.set}에서 받았지만 되돌려 보내지 않았고 패킷 {osilab.cookie.deleted}에서 지워졌다")
NOTE(COOKIE_LIFE_OLDER, "cookie.life.older", 7, TONE_INFO, "RFC 6265bis 5.7",
	"Cookie {osilab.cookie.name} of {osilab.cookie.host}: not set in this capture; sent {osilab.cookie.sent_count}× ({osilab.cookie.values} value(s)), first in packet {osilab.cookie.sent_first}, last in packet {osilab.cookie.sent_last}",
	"{osilab.cookie.host}의 쿠키 {osilab.cookie.name}: 이 캡처에서 받은 것이 아니다. {osilab.cookie.sent_count}번 보냈으며(값 {osilab.cookie.values}개) 처음은 패킷 {osilab.cookie.sent_first}, 마지막은 패킷 {osilab.cookie.sent_last}이다")
NOTE(COOKIE_LIFE_MORE, "cookie.life.more", 7, TONE_INFO, "",
	"And {osilab.cookie.more} more cookie(s)",
	"그 밖에 쿠키 {osilab.cookie.more}개가 더 있다")

/* clang-format on */
