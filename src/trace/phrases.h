/* Phrases that the code puts into fields of notes, and their Korean: PHRASE(english, korean).  A field whose
 * whole text is one of them is shown translated in Korean sentences; text from the network is not meant, and
 * is not harmed when it happens to be the same. */

/* clang-format off */
PHRASE("client", "클라이언트")
PHRASE("server", "서버")
PHRASE("decrypted", "복호화됨")
PHRASE("in clear, anyone can read it", "평문, 누구나 읽을 수 있음")
PHRASE("an unnamed host", "이름을 밝히지 않은 호스트")
PHRASE("no protocol in particular", "정해지지 않은 프로토콜")
PHRASE("no names", "없음")
PHRASE("none of them", "없음")
PHRASE("none", "없음")
PHRASE("a pre-shared key", "미리 나눈 키")
PHRASE("a group still to be told", "아직 알려지지 않은 그룹")
PHRASE("application data", "응용 데이터")
PHRASE("in chunks", "청크 단위")
PHRASE("until the connection closed", "연결이 닫힐 때까지")
PHRASE("as Content-Length said", "Content-Length대로")
PHRASE("never sent with requests that another site causes", "다른 사이트가 일으킨 요청에는 절대 실리지 않는다")
PHRASE("another site can cause it to be sent only by a link one follows, not by a form or script",
       "다른 사이트에서는 링크를 따라올 때만 실리고, 폼이나 스크립트로는 실리지 않는다")
PHRASE("late, both directions were closed already", "양방향이 이미 닫힌 뒤에 왔다")
PHRASE("data arrived after it had closed", "닫은 뒤에 데이터가 도착했다")
PHRASE("the program ended it without closing, or had unread data",
       "프로그램이 닫지 않고 끝냈거나 읽지 않은 데이터가 남아 있었다")
PHRASE("cookie", "쿠키")
PHRASE("password", "비밀번호")
PHRASE("token", "토큰")
PHRASE("In the body", "본문에서")
PHRASE("unknown length (no iat)", "알 수 없음(iat 없음)")
PHRASE("cut short by the snap length", "캡처 길이 제한으로 잘림")
/* clang-format on */
