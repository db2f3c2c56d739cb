import Shell

/// One command of a sed script.
struct SedCommand {
  enum Address {
    case line(Int)
    case last
    case step(Int, Int)
    case pattern(RegularExpression?)
    /// Second addresses only: so many lines on, or up to a multiple.
    case offset(Int)
    case multiple(Int)
  }

  enum Action {
    case open(end: Int)
    case close
    case substitute(RegularExpression?, [Replacement], SubstituteFlags)
    case translate([UInt8])
    case append([UInt8])
    case insert([UInt8])
    case change([UInt8])
    case read(String)
    case write(String)
    case label(String)
    case branch(Int?)
    case branchIf(Int?)
    case branchUnless(Int?)
    case quit(Int32)
    case quitSilently(Int32)
    case list
    /// The commands that are one letter and nothing else.
    case simple(UInt8)
  }

  struct SubstituteFlags {
    var isGlobal = false
    var prints = false
    var number = 1
    var file: String?
    var runs = false
  }

  enum Replacement {
    case bytes([UInt8])
    case group(Int)
    /// \U, \L, \u, \l, \E
    case letterCase(UInt8)
  }

  var first: Address?
  var second: Address?
  var isNegated = false
  var action: Action
}
