/* The notes about UDP, DNS and DHCP: part of the table of notes.h, which says what a row is. */

/* clang-format off */

/* --- UDP ------------------------------------------------------------------------------------------------ */
NOTE(UDP_LENGTH_LONG, "udp.length.long", 4, TONE_BAD, "RFC 768",
	"Its length field promises {udp.length} bytes, the IP packet carries {osilab.udp.carried}: receivers throw it away",
	"길이 필드는 {udp.length}바이트라고 하는데 IP 패킷에는 {osilab.udp.carried}바이트뿐이다: 받는 쪽은 버린다")
NOTE(UDP_LENGTH_SHORT, "udp.length.short", 4, TONE_WARN, "RFC 9868 5",
	"The IP packet carries {osilab.udp.carried} bytes, the datagram is {udp.length} long: the {osilab.udp.surplus} behind it belong to nobody, unless they are UDP options",
	"IP 패킷은 {osilab.udp.carried}바이트를 싣고 있는데 데이터그램은 {udp.length}바이트다: 뒤에 남은 {osilab.udp.surplus}바이트는 UDP 옵션이 아니라면 주인이 없다")
NOTE(UDP_LENGTH_ZERO, "udp.length.zero", 4, TONE_BAD, "RFC 768",
	"Its length field is 0, which only a jumbogram may have: the header alone is 8 bytes long, and {osilab.udp.carried} are carried",
	"길이 필드가 0이다. 점보그램에서만 허용된다: 헤더만 해도 8바이트이고 실린 것은 {osilab.udp.carried}바이트다")
NOTE(UDP_CKSUM_BAD, "udp.checksum.bad", 4, TONE_BAD, "RFC 1122 4.1.3.4",
	"Wrong checksum {udp.checksum}, {udp.checksum_calculated} would be right: damaged on the way, so the receiver throws it away without a word",
	"체크섬 {udp.checksum}이(가) 틀렸다. {udp.checksum_calculated}이어야 한다: 도중에 손상되어 받는 쪽이 말없이 버린다")
NOTE(UDP_CKSUM_ABSENT, "udp.checksum.absent", 4, TONE_WARN, "RFC 1122 4.1.3.4",
	"Sent without a checksum, as UDP over IPv4 may be: damage on the way would go unnoticed",
	"체크섬 없이 보냈다. IPv4 위의 UDP에서는 허용된다: 도중에 손상되어도 드러나지 않는다")
NOTE(UDP_CKSUM_FORBIDDEN, "udp.checksum.forbidden", 4, TONE_BAD, "RFC 8200 8.1",
	"No checksum, which IPv6 does not allow outside of tunnels, since its own header has none: receivers throw it away",
	"체크섬이 없다. IPv6는 자기 헤더에 체크섬이 없으므로 터널 밖에서는 허용하지 않는다: 받는 쪽은 버린다")
NOTE(UDP_CKSUM_TUNNEL, "udp.checksum.tunnel", 4, TONE_INFO, "RFC 6936 4",
	"No checksum: allowed over IPv6 for a tunnel ({osilab.udp.tunnel}), whose inner packet has its own",
	"체크섬이 없다: 안쪽 패킷에 자기 체크섬이 있는 터널({osilab.udp.tunnel})이라면 IPv6 위에서도 허용된다")

/* --- DNS ------------------------------------------------------------------------------------------------ */
NOTE(DNS_QUERY, "dns.query", 7, TONE_INFO, "RFC 1035 4.1.2",
	"DNS question: {osilab.dns.wanted} of {dns.qry.name}? {osilab.dns.how}",
	"DNS 질의: {dns.qry.name}의 {osilab.dns.wanted}은(는)? {osilab.dns.how}")
NOTE(DNS_QUERY_REVERSE, "dns.query.reverse", 7, TONE_INFO, "RFC 1035 3.5",
	"DNS question the other way round: which name belongs to {osilab.dns.address}? It is asked as {dns.qry.name}",
	"거꾸로 묻는 DNS 질의: {osilab.dns.address}의 이름은 무엇인가? {dns.qry.name}(으)로 묻는다")
NOTE(DNS_QUERY_AGAIN, "dns.query.again", 7, TONE_WARN, "RFC 1035 4.2.1",
	"The question of packet {osilab.dns.packet} again after {osilab.dns.after}: {osilab.dns.why}",
	"패킷 {osilab.dns.packet}의 질의를 {osilab.dns.after} 만에 다시 보낸다: {osilab.dns.why}")
NOTE(DNS_OVER_TCP, "dns.query.over_tcp", 7, TONE_INFO, "RFC 7766 5",
	"The question once more, now over TCP: its answer in packet {osilab.dns.packet} was cut short",
	"패킷 {osilab.dns.packet}의 답이 잘려 있었으므로 같은 질의를 이번에는 TCP로 보낸다")
NOTE(DNS_ANSWER, "dns.answer", 7, TONE_INFO, "RFC 1035 4.1",
	"Answer to the question of packet {dns.response_to}, after {dns.time}: {dns.count.answers} record(s) for {osilab.dns.about}; {osilab.dns.from}",
	"패킷 {dns.response_to}의 질의에 {dns.time} 만에 답한다: {osilab.dns.about}에 대한 레코드 {dns.count.answers}개; {osilab.dns.from}")
NOTE(DNS_ANSWER_AGAIN, "dns.answer.again", 7, TONE_WARN, "RFC 5452 2.3",
	"The question of packet {osilab.dns.asked} was answered in packet {dns.retransmit_response_in} already: a duplicate, or somebody else's answer",
	"패킷 {osilab.dns.asked}의 질의에는 패킷 {dns.retransmit_response_in}에서 이미 답했다: 중복이거나 다른 누군가의 답이다")
NOTE(DNS_TRANSFER, "dns.transfer", 7, TONE_INFO, "RFC 5936 2.2",
	"The zone transfer asked for in packet {dns.response_to} goes on: {dns.count.answers} more record(s)",
	"패킷 {dns.response_to}에서 청한 영역 전송이 이어진다: 레코드 {dns.count.answers}개")
NOTE(DNS_UNASKED, "dns.answer.unasked", 7, TONE_WARN, "RFC 5452 3",
	"An answer about {osilab.dns.about} that belongs to no question: {osilab.dns.why}",
	"어느 질의의 것도 아닌 {osilab.dns.about}에 대한 답: {osilab.dns.why}")
NOTE(DNS_WRONG_ID, "dns.answer.wrong_id", 7, TONE_BAD, "RFC 5452 3",
	"The answer has number {dns.id}, the question of packet {osilab.dns.packet} has {osilab.dns.asked_id}: late or forged; the asker does not take it",
	"답의 번호는 {dns.id}인데 패킷 {osilab.dns.packet}의 질의는 {osilab.dns.asked_id}이다: 늦었거나 위조된 답이며 물은 쪽은 받아들이지 않는다")
NOTE(DNS_WRONG_QUESTION, "dns.answer.wrong_question", 7, TONE_BAD, "RFC 5452 4.2",
	"The number is that of packet {osilab.dns.packet}, the question repeated is another: {osilab.dns.about}. The asker does not take it",
	"번호는 패킷 {osilab.dns.packet}의 것이지만 되풀이한 질의가 다르다: {osilab.dns.about}. 물은 쪽은 받아들이지 않는다")
NOTE(DNS_NXDOMAIN, "dns.nxdomain", 7, TONE_WARN, "RFC 2308 2.1",
	"There is no such name: {osilab.dns.about}, and nothing below it (NXDOMAIN)",
	"그런 이름은 없다: {osilab.dns.about}, 그 아래에도 없다(NXDOMAIN)")
NOTE(DNS_NODATA, "dns.nodata", 7, TONE_INFO, "RFC 2308 2.2",
	"The name {dns.qry.name} exists, but not what was asked for: {osilab.dns.wanted}",
	"{dns.qry.name}(이)라는 이름은 있지만 물은 것은 없다: {osilab.dns.wanted}")
NOTE(DNS_REFERRAL, "dns.referral", 7, TONE_INFO, "RFC 1034 4.3.1",
	"The server does not know and names who does: the name servers of {osilab.dns.zone} (referral)",
	"서버는 모르지만 아는 곳을 알려 준다: {osilab.dns.zone}의 네임 서버들(위임)")
NOTE(DNS_SERVFAIL, "dns.servfail", 7, TONE_BAD, "RFC 1035 4.1.1",
	"The server could not find out (SERVFAIL): the servers it asked do not answer, or their answer is not to be trusted. It says nothing about {osilab.dns.about}",
	"서버가 알아내지 못했다(SERVFAIL): 그 서버가 물은 곳이 답하지 않거나 답을 믿을 수 없다. {osilab.dns.about}에 대해서는 아무것도 말해 주지 않는다")
NOTE(DNS_REFUSED, "dns.refused", 7, TONE_BAD, "RFC 1035 4.1.1",
	"The server does not want to answer (REFUSED): it is not there for this asker, or not for {osilab.dns.about}",
	"서버가 답하기를 거부한다(REFUSED): 이 질의자를 위한 서버가 아니거나 {osilab.dns.about}을(를) 맡지 않는다")
NOTE(DNS_FORMERR, "dns.formerr", 7, TONE_BAD, "RFC 1035 4.1.1",
	"The server cannot read the question (FORMERR): malformed, or newer than the server",
	"서버가 질의를 읽지 못한다(FORMERR): 형식이 틀렸거나 서버보다 새로운 것이다")
NOTE(DNS_NOTIMP, "dns.notimp", 7, TONE_BAD, "RFC 1035 4.1.1",
	"The server does not know this kind of request (NOTIMP)",
	"서버가 이런 종류의 요청을 모른다(NOTIMP)")
NOTE(DNS_ERROR, "dns.error", 7, TONE_BAD, "RFC 6895 2.3",
	"The server says {osilab.dns.rcode} about {osilab.dns.about}",
	"서버가 {osilab.dns.about}에 대해 {osilab.dns.rcode}(이)라고 답한다")
NOTE(DNS_TRUNCATED, "dns.truncated", 7, TONE_WARN, "RFC 7766 5",
	"Cut short because it did not fit (TC): {osilab.dns.next}",
	"다 들어가지 않아 잘랐다(TC): {osilab.dns.next}")
NOTE(DNS_CHAIN, "dns.chain", 7, TONE_INFO, "RFC 1034 3.6.2",
	"Followed from name to name: {osilab.dns.chain}",
	"이름을 따라가면: {osilab.dns.chain}")
NOTE(DNS_CHAIN_LONG, "dns.chain.long", 7, TONE_WARN, "RFC 1034 3.6.2",
	"More than {osilab.dns.aliases} aliases one after the other, or in a circle: resolvers give up",
	"별칭이 {osilab.dns.aliases}개 넘게 이어지거나 맴돈다: 리졸버는 포기한다")
NOTE(DNS_RR_A, "dns.record.a", 7, TONE_INFO, "RFC 1035 3.4.1",
	"{dns.resp.name} is at {dns.a}; to be remembered for {osilab.dns.ttl}",
	"{dns.resp.name}은(는) {dns.a}에 있다. 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_AAAA, "dns.record.aaaa", 7, TONE_INFO, "RFC 3596 2.1",
	"{dns.resp.name} is at {dns.aaaa}; to be remembered for {osilab.dns.ttl}",
	"{dns.resp.name}은(는) {dns.aaaa}에 있다. 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_CNAME, "dns.record.cname", 7, TONE_INFO, "RFC 1034 3.6.2",
	"{dns.resp.name} is an alias; its real name is {dns.cname}; to be remembered for {osilab.dns.ttl}",
	"{dns.resp.name}은(는) 별칭이고 본이름은 {dns.cname}이다. 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_DNAME, "dns.record.dname", 7, TONE_INFO, "RFC 6672",
	"Everything below {dns.resp.name} is found below {dns.dname} instead; to be remembered for {osilab.dns.ttl}",
	"{dns.resp.name} 아래의 모든 것은 {dns.dname} 아래에 있다. 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_NS, "dns.record.ns", 7, TONE_INFO, "RFC 1035 3.3.11",
	"{dns.ns} is a name server of {dns.resp.name}; to be remembered for {osilab.dns.ttl}",
	"{dns.ns}은(는) {dns.resp.name}의 네임 서버다. 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_SOA, "dns.record.soa", 7, TONE_INFO, "RFC 1035 3.3.13",
	"The zone {dns.resp.name} is kept by {dns.soa.mname}, mail to {dns.soa.rname}, edition {dns.soa.serial_number}; that something is not there may be remembered for {osilab.dns.negative_ttl}",
	"영역 {dns.resp.name}은(는) {dns.soa.mname}이(가) 관리하며 담당자는 {dns.soa.rname}, 일련번호는 {dns.soa.serial_number}이다. 없다는 사실을 기억할 시간: {osilab.dns.negative_ttl}")
NOTE(DNS_RR_PTR, "dns.record.ptr", 7, TONE_INFO, "RFC 1035 3.3.12",
	"{dns.resp.name} points to {dns.ptr.domain_name}; to be remembered for {osilab.dns.ttl}",
	"{dns.resp.name}은(는) {dns.ptr.domain_name}을(를) 가리킨다. 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_REVERSE, "dns.record.reverse", 7, TONE_INFO, "RFC 1035 3.5",
	"{osilab.dns.address} goes by the name {dns.ptr.domain_name}; to be remembered for {osilab.dns.ttl}",
	"{osilab.dns.address}의 이름은 {dns.ptr.domain_name}이다. 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_MX, "dns.record.mx", 7, TONE_INFO, "RFC 1035 3.3.9",
	"Mail for {dns.resp.name} goes to {dns.mx.mail_exchange}, preference {dns.mx.preference} (the lowest first); to be remembered for {osilab.dns.ttl}",
	"{dns.resp.name}(으)로 가는 메일은 {dns.mx.mail_exchange}이(가) 받는다. 우선값 {dns.mx.preference}(낮은 것부터), 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_TXT, "dns.record.txt", 7, TONE_INFO, "RFC 1035 3.3.14",
	"Text of {dns.resp.name}: {osilab.dns.texts}; to be remembered for {osilab.dns.ttl}",
	"{dns.resp.name}의 텍스트: {osilab.dns.texts}. 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_SRV, "dns.record.srv", 7, TONE_INFO, "RFC 2782",
	"The service {dns.resp.name} runs at {dns.srv.target}, port {dns.srv.port} (priority {dns.srv.priority}, weight {dns.srv.weight}); to be remembered for {osilab.dns.ttl}",
	"서비스 {dns.resp.name}은(는) {dns.srv.target}의 {dns.srv.port}번 포트에 있다(우선순위 {dns.srv.priority}, 가중치 {dns.srv.weight}). 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_CAA, "dns.record.caa", 7, TONE_INFO, "RFC 8659 4",
	"Rule of {dns.resp.name} for certificate authorities: {osilab.dns.caa.tag} \"{osilab.dns.caa.value}\", {osilab.dns.caa.critical}; to be remembered for {osilab.dns.ttl}",
	"{dns.resp.name}의 인증 기관 규칙: {osilab.dns.caa.tag} \"{osilab.dns.caa.value}\", {osilab.dns.caa.critical}. 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_SVCB, "dns.record.svcb", 7, TONE_INFO, "RFC 9460 2",
	"The service of {dns.resp.name} is offered by {osilab.dns.svcb.target}, priority {dns.svcb.svcpriority}: {osilab.dns.svcb.params}; to be remembered for {osilab.dns.ttl}",
	"{dns.resp.name}의 서비스를 {osilab.dns.svcb.target}이(가) 제공한다. 우선순위 {dns.svcb.svcpriority}: {osilab.dns.svcb.params}. 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_SVCB_ALIAS, "dns.record.svcb_alias", 7, TONE_INFO, "RFC 9460 2.4.2",
	"The service of {dns.resp.name} is to be looked up at {osilab.dns.svcb.target} (alias); to be remembered for {osilab.dns.ttl}",
	"{dns.resp.name}의 서비스는 {osilab.dns.svcb.target}에서 찾아야 한다(별칭). 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_OTHER, "dns.record.other", 7, TONE_INFO, "RFC 1035 3.2",
	"A record of {dns.resp.name} of type {osilab.dns.type}, {dns.resp.len} bytes of data; to be remembered for {osilab.dns.ttl}",
	"{dns.resp.name}의 {osilab.dns.type} 레코드, 데이터 {dns.resp.len}바이트. 기억할 시간: {osilab.dns.ttl}")
NOTE(DNS_RR_BAD, "dns.record.bad", 7, TONE_BAD, "RFC 1035 3.2.1",
	"The {osilab.dns.type} record of {dns.resp.name} cannot be read: its data does not fit its type",
	"{dns.resp.name}의 {osilab.dns.type} 레코드를 읽을 수 없다: 데이터가 종류에 맞지 않는다")
NOTE(DNS_MORE, "dns.records.more", 7, TONE_INFO, "",
	"And {osilab.dns.more} more record(s), not shown one by one",
	"그 밖에 레코드 {osilab.dns.more}개가 더 있으며 하나하나 보이지 않는다")
NOTE(DNS_EDNS, "dns.edns", 7, TONE_INFO, "RFC 6891 6.1",
	"EDNS: this side takes datagrams of up to {dns.rr.udp_payload_size} bytes, not only 512; options: {osilab.dns.edns}",
	"EDNS: 이쪽은 512바이트가 아니라 {dns.rr.udp_payload_size}바이트까지의 데이터그램을 받는다; 옵션: {osilab.dns.edns}")
NOTE(DNS_EXTENDED_ERROR, "dns.extended_error", 7, TONE_WARN, "RFC 8914",
	"The server says why: {osilab.dns.error} (code {dns.opt.ext_error.info_code}), {osilab.dns.error_text}",
	"서버가 이유를 밝힌다: {osilab.dns.error}(코드 {dns.opt.ext_error.info_code}), {osilab.dns.error_text}")
NOTE(DNS_OPERATION, "dns.operation", 7, TONE_INFO, "RFC 6895 2.2",
	"A DNS message that asks for no records: {osilab.dns.operation}",
	"레코드를 묻지 않는 DNS 메시지: {osilab.dns.operation}")
NOTE(DNS_DAMAGED, "dns.damaged", 7, TONE_BAD, "RFC 1035 4.1",
	"The DNS message cannot be read to its end: {osilab.dns.damage}",
	"DNS 메시지를 끝까지 읽을 수 없다: {osilab.dns.damage}")
NOTE(DNS_NOT_DNS, "dns.not_dns", 7, TONE_WARN, "RFC 1035 4.1.1",
	"Port {osilab.dns.port} is meant for DNS, and this is no DNS message",
	"{osilab.dns.port}번 포트는 DNS의 것인데 이것은 DNS 메시지가 아니다")
NOTE(DNS_NAMED, "dns.named", 3, TONE_INFO, "RFC 1034 3.1",
	"{osilab.dns.address} is {osilab.dns.name}, from the DNS answer in packet {osilab.dns.packet}",
	"{osilab.dns.address}은(는) 패킷 {osilab.dns.packet}의 DNS 답에 나온 {osilab.dns.name}이다")
NOTE(MDNS_QUERY, "mdns.query", 7, TONE_INFO, "RFC 6762 5",
	"Multicast DNS, without any server: everyone on the link is asked for {osilab.dns.wanted} of {dns.qry.name}; {osilab.dns.how}",
	"서버 없는 멀티캐스트 DNS: 링크의 모두에게 {dns.qry.name}의 {osilab.dns.wanted}을(를) 묻는다; {osilab.dns.how}")
NOTE(MDNS_PROBE, "mdns.probe", 7, TONE_INFO, "RFC 6762 8.1",
	"Somebody checks that nobody on the link uses {dns.qry.name} before taking it (probe)",
	"{dns.qry.name}을(를) 쓰기 전에 링크에 이미 쓰는 곳이 있는지 확인한다(탐색)")
NOTE(MDNS_ANSWER, "mdns.answer", 7, TONE_INFO, "RFC 6762 6",
	"Multicast DNS: a host answers for itself, or announces itself, with {dns.count.answers} record(s)",
	"멀티캐스트 DNS: 호스트가 스스로 답하거나 자신을 알린다. 레코드 {dns.count.answers}개")
NOTE(MDNS_GOODBYE, "mdns.goodbye", 7, TONE_INFO, "RFC 6762 10.1",
	"{osilab.dns.withdrawn} record(s) have no time left: they are withdrawn (goodbye)",
	"레코드 {osilab.dns.withdrawn}개의 수명이 0이다: 거두어들인다(작별)")

/* --- DHCP ----------------------------------------------------------------------------------------------- */
NOTE(DHCP_DISCOVER, "dhcp.discover", 7, TONE_INFO, "RFC 2131 3.1",
	"DHCP 1 of 4, discover: {osilab.dhcp.client} ({osilab.dhcp.host}) has no address and asks all servers for one; it would like {osilab.dhcp.address}",
	"DHCP 1/4, 탐색: {osilab.dhcp.client}({osilab.dhcp.host})이(가) 주소가 없어 모든 서버에 청한다. 바라는 주소: {osilab.dhcp.address}")
NOTE(DHCP_OFFER, "dhcp.offer", 7, TONE_INFO, "RFC 2131 3.1",
	"DHCP 2 of 4, offer: server {osilab.dhcp.server} offers {osilab.dhcp.client} the address {osilab.dhcp.address} for {osilab.dhcp.lease}",
	"DHCP 2/4, 제안: 서버 {osilab.dhcp.server}이(가) {osilab.dhcp.client}에 주소 {osilab.dhcp.address}을(를) 제안한다. 기간: {osilab.dhcp.lease}")
NOTE(DHCP_REQUEST, "dhcp.request", 7, TONE_INFO, "RFC 2131 3.1",
	"DHCP 3 of 4, request: {osilab.dhcp.client} takes {osilab.dhcp.address} from server {osilab.dhcp.server}; every other server learns from it that its offer is free again",
	"DHCP 3/4, 요청: {osilab.dhcp.client}이(가) 서버 {osilab.dhcp.server}의 {osilab.dhcp.address}을(를) 받겠다고 한다. 다른 서버들은 자기 제안이 거절되었음을 이것으로 안다")
NOTE(DHCP_ACK, "dhcp.ack", 7, TONE_GOOD, "RFC 2131 3.1",
	"DHCP 4 of 4, acknowledged: {osilab.dhcp.address} belongs to {osilab.dhcp.client} for {osilab.dhcp.lease}; after {osilab.dhcp.renewal} it asks its server for more, after {osilab.dhcp.rebinding} any server",
	"DHCP 4/4, 승인: {osilab.dhcp.address}은(는) {osilab.dhcp.client}의 것이다. 기간 {osilab.dhcp.lease}, {osilab.dhcp.renewal} 뒤에는 그 서버에, {osilab.dhcp.rebinding} 뒤에는 아무 서버에나 연장을 청한다")
NOTE(DHCP_ACK_RAPID, "dhcp.ack.rapid", 7, TONE_GOOD, "RFC 4039",
	"Acknowledged at once, in two steps instead of four (rapid commit): {osilab.dhcp.address} belongs to {osilab.dhcp.client} for {osilab.dhcp.lease}",
	"네 단계 대신 두 단계로 곧바로 승인한다(rapid commit): {osilab.dhcp.address}은(는) {osilab.dhcp.client}의 것이다. 기간: {osilab.dhcp.lease}")
NOTE(DHCP_ACK_MORE, "dhcp.ack.renewed", 7, TONE_GOOD, "RFC 2131 4.4.5",
	"Renewed: {osilab.dhcp.client} keeps {osilab.dhcp.address} for another {osilab.dhcp.lease}",
	"연장되었다: {osilab.dhcp.client}이(가) {osilab.dhcp.address}을(를) 계속 쓴다. 새 기간: {osilab.dhcp.lease}")
NOTE(DHCP_ACK_INFORM, "dhcp.ack.inform", 7, TONE_INFO, "RFC 2131 3.4",
	"Server {osilab.dhcp.server} tells {osilab.dhcp.client} its settings; the address it has already",
	"서버 {osilab.dhcp.server}이(가) {osilab.dhcp.client}에 설정만 알려 준다. 주소는 이미 있다")
NOTE(DHCP_REBOOT, "dhcp.request.reboot", 7, TONE_INFO, "RFC 2131 3.2",
	"{osilab.dhcp.client} had {osilab.dhcp.address} before and asks whether it may use it again",
	"{osilab.dhcp.client}이(가) 전에 쓰던 {osilab.dhcp.address}을(를) 다시 써도 되는지 묻는다")
NOTE(DHCP_RENEW, "dhcp.request.renew", 7, TONE_INFO, "RFC 2131 4.4.5",
	"Renewing: {osilab.dhcp.client} asks the server that gave it {osilab.dhcp.address}, and only that one, for more time",
	"갱신: {osilab.dhcp.client}이(가) {osilab.dhcp.address}을(를) 준 서버에만 기간 연장을 청한다")
NOTE(DHCP_REBIND, "dhcp.request.rebind", 7, TONE_WARN, "RFC 2131 4.4.5",
	"Rebinding: the server of {osilab.dhcp.client} did not answer, so it asks all servers for more time with {osilab.dhcp.address}",
	"재결합: {osilab.dhcp.client}의 서버가 답하지 않아 {osilab.dhcp.address}의 기간 연장을 모든 서버에 청한다")
NOTE(DHCP_NAK, "dhcp.nak", 7, TONE_BAD, "RFC 2131 3.2",
	"Refused (NAK): server {osilab.dhcp.server} says {osilab.dhcp.client} may not use the address; it has to begin anew. Reason: {osilab.dhcp.why}",
	"거절(NAK): 서버 {osilab.dhcp.server}이(가) {osilab.dhcp.client}에 그 주소를 쓰지 말라고 한다. 처음부터 다시 해야 한다. 이유: {osilab.dhcp.why}")
NOTE(DHCP_DECLINE, "dhcp.decline", 7, TONE_BAD, "RFC 2131 4.4.1",
	"Declined: {osilab.dhcp.client} found somebody else at {osilab.dhcp.address} and tells server {osilab.dhcp.server} so",
	"사양: {osilab.dhcp.client}이(가) {osilab.dhcp.address}을(를) 이미 누가 쓰고 있음을 알고 서버 {osilab.dhcp.server}에 알린다")
NOTE(DHCP_RELEASE, "dhcp.release", 7, TONE_INFO, "RFC 2131 4.4.6",
	"Released: {osilab.dhcp.client} gives {osilab.dhcp.address} back to server {osilab.dhcp.server}; nobody answers this",
	"반납: {osilab.dhcp.client}이(가) {osilab.dhcp.address}을(를) 서버 {osilab.dhcp.server}에 돌려준다. 이에 대한 답은 없다")
NOTE(DHCP_INFORM, "dhcp.inform", 7, TONE_INFO, "RFC 2131 3.4",
	"{osilab.dhcp.client} has the address {osilab.dhcp.address} already and asks for the other settings only",
	"{osilab.dhcp.client}은(는) 주소 {osilab.dhcp.address}이(가) 이미 있어 나머지 설정만 묻는다")
NOTE(DHCP_FORCERENEW, "dhcp.forcerenew", 7, TONE_WARN, "RFC 3203",
	"Server {osilab.dhcp.server} tells {osilab.dhcp.client} to renew now",
	"서버 {osilab.dhcp.server}이(가) {osilab.dhcp.client}에 지금 갱신하라고 한다")
NOTE(DHCP_OTHER, "dhcp.other", 7, TONE_INFO, "RFC 2132 9.6",
	"A DHCP message of another kind ({osilab.dhcp.message}) about {osilab.dhcp.client}",
	"{osilab.dhcp.client}에 관한 다른 종류의 DHCP 메시지({osilab.dhcp.message})")
NOTE(DHCP_BOOTP, "dhcp.bootp", 7, TONE_INFO, "RFC 951",
	"BOOTP, from which DHCP came: {osilab.dhcp.client}, address {osilab.dhcp.address}",
	"DHCP의 전신인 BOOTP: {osilab.dhcp.client}, 주소 {osilab.dhcp.address}")
NOTE(DHCP_SETTINGS, "dhcp.settings", 7, TONE_INFO, "RFC 2132 3",
	"With it come: {osilab.dhcp.settings}",
	"함께 주는 설정: {osilab.dhcp.settings}")
NOTE(DHCP_WISHES, "dhcp.wishes", 7, TONE_INFO, "RFC 2132 9.8",
	"It wants to be told: {osilab.dhcp.wishes}",
	"알고 싶어 하는 것: {osilab.dhcp.wishes}")
NOTE(DHCP_RELAY, "dhcp.relay", 7, TONE_INFO, "RFC 1542 4.1",
	"It came through the relay agent {dhcp.ip.relay}: client and server are on different links",
	"중계 에이전트 {dhcp.ip.relay}을(를) 거쳤다: 클라이언트와 서버가 서로 다른 링크에 있다")
NOTE(DHCP_AGAIN, "dhcp.again", 7, TONE_WARN, "RFC 2131 4.1",
	"The message of packet {osilab.dhcp.packet} again after {osilab.dhcp.after}: no answer came in time",
	"패킷 {osilab.dhcp.packet}의 메시지를 {osilab.dhcp.after} 만에 다시 보낸다: 제때 답이 오지 않았다")
NOTE(DHCP_ANSWER_AGAIN, "dhcp.answer.again", 7, TONE_WARN, "RFC 2131 4.1",
	"The same server said this in packet {osilab.dhcp.packet} already",
	"같은 서버가 패킷 {osilab.dhcp.packet}에서 이미 같은 말을 했다")
NOTE(DHCP_UNASKED, "dhcp.answer.unasked", 7, TONE_WARN, "RFC 2131 4.4.1",
	"An answer with transaction number {dhcp.id}: {osilab.dhcp.why}",
	"거래 번호 {dhcp.id}의 답: {osilab.dhcp.why}")
NOTE(DHCP_DAMAGED, "dhcp.damaged", 7, TONE_BAD, "RFC 2132 2",
	"An option of this DHCP message runs over its end; what stands before it is shown",
	"이 DHCP 메시지의 옵션이 끝을 넘어간다. 그 앞까지는 보여 준다")
NOTE(DHCP_NOT_DHCP, "dhcp.not_dhcp", 7, TONE_WARN, "RFC 2131 2",
	"Ports 67 and 68 are meant for DHCP, and this is no DHCP message",
	"67번과 68번 포트는 DHCP의 것인데 이것은 DHCP 메시지가 아니다")

/* clang-format on */
