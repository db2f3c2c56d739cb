import Shell

/// Short pages about programs: `man`.
struct Manual: Program {
  let name = "man"

  private static let pages: [String: String] = [
    "ls": "list directory contents", "cat": "concatenate files and print on the standard output",
    "grep": "print lines that match patterns",
    "sed": "stream editor for filtering and transforming text",
    "awk": "pattern scanning and processing language", "cp": "copy files and directories",
    "mv": "move (rename) files", "rm": "remove files or directories",
    "mkdir": "make directories", "chmod": "change file mode bits",
    "chown": "change file owner and group",
    "find": "search for files in a directory hierarchy", "xargs": "build and execute command lines",
    "sort": "sort lines of text files", "uniq": "report or omit repeated lines",
    "cut": "remove sections from each line of files", "tr": "translate or delete characters",
    "wc": "print newline, word, and byte counts for each file",
    "head": "output the first part of files",
    "tail": "output the last part of files",
    "tee": "read from standard input and write to standard output and files",
    "curl": "transfer a URL", "wget": "the non-interactive network downloader",
    "base64": "base64 encode/decode data and print to standard output",
    "ps": "report a snapshot of the current processes", "kill": "send a signal to a process",
    "tar": "an archiving utility", "jq": "command-line JSON processor", "dig": "DNS lookup utility",
    "nslookup": "query Internet name servers interactively",
    "ping": "send ICMP ECHO_REQUEST to network hosts",
    "ssh": "OpenSSH remote login client",
    "systemctl": "control the systemd system and service manager",
    "journalctl": "print log entries from the systemd journal",
    "kubectl": "controls the Kubernetes cluster manager",
    "openssl": "OpenSSL command line program", "helm": "the package manager for Kubernetes",
    "bash": "GNU Bourne-Again SHell",
    "apt-get": "APT package handling utility -- command-line interface",
    "vim": "Vi IMproved, a programmer's text editor", "mount": "mount a filesystem",
    "sysctl": "configure kernel parameters at runtime",
    "useradd": "create a new user or update default new user information",
  ]

  func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments.filter { !$0.hasPrefix("-") && Int($0) == nil }
    guard let word = words.first else {
      try await process.writeError("What manual page do you want?\nFor example, try 'man man'.\n")
      return 1
    }
    if process.arguments.contains("-k") {
      for (name, text) in Self.pages.sorted(by: { $0.key < $1.key })
      where name.contains(word) || text.contains(word) {
        try await process.write("\(name) (1) - \(text)\n")
      }
      return 0
    }
    guard let text = Self.pages[word] else {
      try await process.writeError("No manual entry for \(word)\n")
      return 16
    }
    let title = "\(word.uppercased())(1)"
    try await process.write(
      "\(title)\n\nNAME\n       \(word) - \(text)\n\nDESCRIPTION\n       drydock's \(word) follows the real "
        + "one; its options are in\n       \(word) --help where the program has it.\n")
    return 0
  }
}
