import Shell
import Simulation

/// Lists files and directories.
struct List: Program {
  let name = "ls"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "a,all A,almost-all l h,human-readable 1 R,recursive d,directory t S r,reverse i,inode "
        + "F,classify n,numeric-uid-gid g o G p s,size C x m U X f k L,dereference H c u Q "
        + "color? full-time time-style= sort= group-directories-first si block-size= Z v q N w= "
        + "b,escape,quote-name,width,hide=,I,ignore,literal,no-group",
      status: 2)
    var listing = Listing(process, options)
    let paths = options.operands.isEmpty ? ["."] : options.operands
    var files: [Listing.Entry] = []
    var directories: [String] = []
    for path in paths {
      let followsLinks = !listing.isLong && !options.has("d") || options.has("L")
      let entry = listing.entry(path, shownAs: path, followingLinks: true)
      guard let entry = entry ?? listing.entry(path, shownAs: path, followingLinks: false) else {
        let reason = process.failure(of: path)
        try await process.complain(
          "cannot access '\(path)': \(reason.text)", busyBox: "\(path): \(reason.text)")
        listing.status = 2
        continue
      }
      if entry.status.kind == .directory, !options.has("d"), !listing.isLinkKept(path) {
        directories.append(path)
      } else {
        let shown = followsLinks ? entry : listing.entry(path, shownAs: path, followingLinks: false)
        files.append(shown ?? entry)
      }
    }
    if !files.isEmpty { try await process.write(listing.render(listing.sort(files))) }
    let heads = paths.count > 1 || options.has("R")
    var isFirst = files.isEmpty
    for path in listing.sortNames(directories) {
      try await listing.list(path, heads: heads, isFirst: &isFirst, depth: 0)
    }
    return process.isBusyBox ? min(1, listing.status) : listing.status
  }
}

extension Process {
  /// Why a path leads nowhere.
  func failure(of path: String) -> HostError {
    do {
      _ = try machine.files.walk(path, in: directory, caller)
      return .notFound
    } catch { return error }
  }
}
