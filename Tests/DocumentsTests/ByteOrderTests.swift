import Foundation
import Testing

@testable import Documents

/// The order of texts reads them as they lie in memory: whatever made them, it is that of bytes.
@Suite("Order of bytes")
struct ByteOrderTests {
  private static let texts: [String] = {
    let literals = [
      "", "a", "ab", "ab\0", "ab\0c", "\0", "é", "éé", "terminationGracePeriodSeconds",
      "terminationGracePeriodSecondt", "imagePullPolicy", "imagePullPolicyy", "creationTimestamp",
      "15 bytes long é", "äöü beyond fifteen bytes", "terminat", "termina", "terminationGrace",
      "exactly15bytes!", "exactly15bytes!\0", "exactly15bytes!\0and more",
    ]
    var all = literals
    for text in literals {
      // On the heap, however short it is.
      var grown = text + String(repeating: "x", count: 40)
      grown.removeLast(40)
      all.append(grown)
      all.append(String((text + "tail").dropLast(4)))
      all.append(String(decoding: Array(text.utf8), as: UTF8.self))
      all.append(NSString(string: text) as String)
      all.append("\(text)\(text.utf8.count)")
    }
    return all
  }()

  @Test("two texts are compared as their bytes are")
  func order() {
    for a in Self.texts {
      for b in Self.texts {
        let (x, y) = (Array(a.utf8), Array(b.utf8))
        let expected = x == y ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1
        #expect(ByteOrder.compare(a, b).signum() == expected, "\(a.debugDescription) \(b)")
        #expect(ByteOrder.equal(a, b) == (x == y))
      }
    }
  }

  @Test("a member is found by any string of its bytes")
  func members() {
    let mapping = Mapping(Self.texts.map { ($0, .string($0)) })
    #expect(mapping.count == Set(Self.texts.map { Array($0.utf8) }).count)
    for text in Self.texts {
      #expect(mapping[text]?.string.map { Array($0.utf8) } == Array(text.utf8))
      let few: Mapping = [text: 1, "z": 2]
      for other in Self.texts {
        #expect((few[other] != nil) == (Array(other.utf8) == Array(text.utf8)))
      }
    }
  }

  @Test("a short text that lies on the heap is held by the string itself")
  func compact() {
    for text in Self.texts {
      let held = ByteOrder.compact(text)
      #expect(held == text)
      #expect(ByteOrder.isInline(held) == (text.utf8.count < 16))
    }
  }
}
