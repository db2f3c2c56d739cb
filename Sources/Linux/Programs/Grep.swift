import Shell

/// Prints the lines that match a pattern.
struct Grep: Program {
  let name: String

  init(_ name: String = "grep") { self.name = name }

  private static let grammar =
    "e,regexp= f,file= E,extended-regexp F,fixed-strings G,basic-regexp P,perl-regexp "
    + "i,ignore-case,y v,invert-match w,word-regexp x,line-regexp c,count color?,colour? "
    + "L,files-without-match l,files-with-matches m,max-count= o,only-matching q,quiet,silent "
    + "s,no-messages b,byte-offset H,with-filename h,no-filename n,line-number Z,null "
    + "A,after-context= B,before-context= C,context= a,text I r,recursive R,dereference-recursive "
    + "include= exclude= exclude-dir= line-buffered z,null-data no-ignore-case U,binary T"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(process.arguments, Self.grammar, numbers: "C", status: 2)
    var operands = options.operands[...]
    var patterns = options.values("e")
    for path in options.values("f") {
      let text = String(decoding: try await process.contents(of: path), as: UTF8.self)
      patterns += text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if patterns.last == "", text.hasSuffix("\n") { patterns.removeLast() }
    }
    if !options.has("e"), !options.has("f") {
      guard let first = operands.popFirst() else {
        if process.isBusyBox { throw UsageError("no pattern") }
        try await process.writeError(
          "Usage: \(name) [OPTION]... PATTERNS [FILE]...\n"
            + "Try '\(name) --help' for more information.\n")
        return 2
      }
      patterns = first.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    let matcher: LineMatcher
    do {
      matcher = try LineMatcher(patterns, options, name: name)
    } catch {
      try await process.complain(
        error.text,
        busyBox: "bad regex '\(patterns.joined(separator: "\n"))': Invalid regular expression")
      return 2
    }
    var search = try GrepSearch(process, options, matcher)
    let isRecursive = options.has("r") || options.has("R")
    let paths = operands.isEmpty ? [isRecursive ? "." : "-"] : Array(operands)
    // One file needs no name, even when folders would be gone through.
    let isOneFile = paths.count == 1 && process.status(paths[0])?.kind != .directory
    if !options.has("h"), isRecursive && !isOneFile || paths.count > 1 || options.has("H") {
      search.showsNames = true
    }
    for path in paths {
      try await search.search(path, isGiven: !(operands.isEmpty && isRecursive), depth: 0)
      if options.has("q"), search.found { return 0 }
    }
    return search.failed && !(options.has("q") && search.found) ? 2 : search.found ? 0 : 1
  }
}
