import Shell
import Simulation

/// Transfers a URL.
struct Curl: Program {
  let name = "curl"

  private static let grammar =
    "s,silent S,show-error k,insecure L,location i,include I,head v,verbose f,fail fail-with-body "
    + "o,output= O,remote-name H,header= X,request= d,data=,data-ascii= data-binary= data-raw= "
    + "data-urlencode= G,get u,user= A,user-agent= e,referer= m,max-time= connect-timeout= "
    + "cacert= E,cert= key= w,write-out= x,proxy= resolve= retry= retry-delay= retry-connrefused "
    + "c,cookie-jar= b,cookie= compressed http1.1 http2 4,ipv4 6,ipv6 N,no-buffer url= json= "
    + "V,version T,upload-file= interface= noproxy= max-redirs= p,proxytunnel q,disable "
    + "no-progress-meter #,progress-bar n,netrc g,globoff ssl-reqd tlsv1.2 tlsv1.3 tls-max= ciphers= tls13-ciphers= D,dump-header= "
    + "path-as-is oauth2-bearer= F,form= keepalive-time= z,time-cond= r,range= 0,http1.0"

  func run(_ process: Process) async throws -> ExitStatus {
    let options: Options
    do {
      options = try Options(process.arguments, Self.grammar.replacingEquals, status: 2)
    } catch let error as UsageError {
      let text = error.message.replacingOptionWords
      try await process.writeError(
        "curl: \(text)\ncurl: try 'curl --help' or 'curl --manual' for more information\n")
      return 2
    }
    if options.has("V") {
      try await process.write(
        "curl 8.5.0 (x86_64-pc-linux-gnu) libcurl/8.5.0 OpenSSL/3.0.13\n"
          + "Protocols: http https\n")
      return 0
    }
    let targets = options.operands + options.values("url")
    guard !targets.isEmpty else {
      try await process.writeError(
        "curl: (2) no URL specified\n"
          + "curl: try 'curl --help' or 'curl --manual' for more information\n")
      return 2
    }
    var status: ExitStatus = 0
    for (index, target) in targets.enumerated() {
      let transfer = CurlTransfer(process: process, options: options, index: index)
      status = try await transfer.run(target)
    }
    return status
  }
}

extension String {
  /// The grammar's long names that share one option each carry their own `=`.
  fileprivate var replacingEquals: String {
    split(separator: " ").map { word in
      let takes = word.hasSuffix("=")
      return word.filter { $0 != "=" } + (takes ? "=" : "")
    }.joined(separator: " ")
  }

  fileprivate var replacingOptionWords: String {
    if hasPrefix("invalid option -- '"), let letter = dropLast().last {
      return "option -\(letter): is unknown"
    }
    if hasPrefix("unrecognized option '") {
      return "option \(dropFirst("unrecognized option '".count).dropLast()): is unknown"
    }
    if hasPrefix("option requires an argument -- '"), let letter = dropLast().last {
      return "option -\(letter): requires parameter"
    }
    if hasPrefix("option '"), hasSuffix("' requires an argument") {
      return "option \(dropFirst(8).prefix { $0 != "'" }): requires parameter"
    }
    return self
  }
}
