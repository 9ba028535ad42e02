import Testing
import Trust

@Suite("Whom an answer says a node called")
struct AnswerHopsTests {
  private static let nodes = [Fixture.digest(1), Fixture.digest(2)]
  private static let malformed = TrustError(TrustError.malformed, "")

  @Test("nodes survive field and event, in their order")
  func roundTrip() throws {
    #expect(try AnswerHops.nodes(inField: AnswerHops.fieldValue(Self.nodes)) == Self.nodes)
    #expect(try AnswerHops.nodes(inEvent: AnswerHops.event(Self.nodes)) == Self.nodes)
  }

  @Test("none and nine nodes are refused, one and eight are not")
  func count() throws {
    for count in [1, 8] {
      let nodes = (0..<count).map { Fixture.digest(UInt8($0)) }
      #expect(try AnswerHops.nodes(inField: AnswerHops.fieldValue(nodes)) == nodes)
      #expect(try AnswerHops.nodes(inEvent: AnswerHops.event(nodes)) == nodes)
    }
    for count in [0, 9] {
      let nodes = (0..<count).map { Fixture.digest(UInt8($0)) }
      #expect(throws: Self.malformed) { try AnswerHops.nodes(inField: AnswerHops.fieldValue(nodes)) }
      #expect(throws: Self.malformed) { try AnswerHops.nodes(inEvent: AnswerHops.event(nodes)) }
    }
  }

  @Test("every truncation that is still told as hops is refused, and one byte too many")
  func truncations() {
    let event = AnswerHops.event(Self.nodes)
    for count in 7..<event.count {
      #expect(throws: Self.malformed) { try AnswerHops.nodes(inEvent: Array(event.prefix(count))) }
    }
    #expect(throws: Self.malformed) { try AnswerHops.nodes(inEvent: event + [0x7D]) }
    let field = AnswerHops.fieldValue([Fixture.digest(1)])
    for count in 0..<field.count {
      #expect(throws: Self.malformed) { try AnswerHops.nodes(inField: String(field.prefix(count))) }
    }
    #expect(throws: Self.malformed) { try AnswerHops.nodes(inField: field + ",") }
  }

  @Test("an event of another kind names nobody")
  func other() throws {
    #expect(try AnswerHops.nodes(inEvent: Array(#"{"choices":[]}"#.utf8)) == nil)
    #expect(throws: Self.malformed) { try AnswerHops.nodes(inEvent: Array(#"{"hops":["00"],"x":1}"#.utf8)) }
  }
}
