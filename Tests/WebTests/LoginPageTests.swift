import Testing
import Web

struct LoginPageTests {
  @Test func aPageWithoutChoicesAsksNothing() {
    #expect(LoginPage(title: "Connected", text: "", isGood: true).choices.isEmpty)
  }
}
