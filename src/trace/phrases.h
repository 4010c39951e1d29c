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
PHRASE("the program ended it without closing", "프로그램이 닫지 않고 끝냈다")
PHRASE("again, for what was on its way when it was reset", "끊을 때 이미 오고 있던 것에 다시 답한다")
PHRASE("it does not know of this connection, or only looked who answers",
       "이 연결을 모르거나, 누가 답하는지만 알아보았다")
PHRASE("it knows nothing of this connection: it crashed and started anew, or gave it up long ago (half-open)",
       "이 연결을 전혀 모른다: 멈췄다 다시 시작했거나 오래전에 포기했다(반쯤 열린 연결)")
PHRASE("its keep-alive probes were not answered", "keep-alive 탐색에 답이 오지 않았다")
PHRASE("the other end has them: the capture missed them", "상대는 받았다: 캡처가 놓쳤다")
PHRASE("nobody sent them again for seconds", "몇 초가 지나도 다시 보내지 않았다")
PHRASE("too much waited behind them", "그 뒤에 기다리는 것이 너무 많다")
PHRASE("the connection ended without them", "그것 없이 연결이 끝났다")
PHRASE("the capture ended before they came", "오기 전에 캡처가 끝났다")
PHRASE("cookie", "쿠키")
PHRASE("password", "비밀번호")
PHRASE("token", "토큰")
PHRASE("In the body", "본문에서")
PHRASE("unknown length (no iat)", "알 수 없음(iat 없음)")
PHRASE("cut short by the snap length", "캡처 길이 제한으로 잘림")
/* clang-format on */
