import Shell

/// What BusyBox's applets accept, and how they say what they accept: the interfaces of BusyBox 1.37.
struct BusyBoxApplet {
  /// As getopt has it: `:` after a letter that takes a value, `?` after one that may; a leading `+`
  /// lets the first operand end the options. nil: the applet reads its arguments in a way of its own.
  let letters: String?
  let longNames: [String]
  let usage: String
  /// Its exit status when it gives up (xfunc_error_retval).
  let failure: ExitStatus

  /// Its heading and what it accepts.
  func help(_ version: String) -> String {
    "BusyBox v\(version) (\(Self.built[version] ?? Self.latest)) multi-call binary.\n\n"
      + "Usage: \(usage)\n\n"
  }

  private static let latest = "2024-09-26 21:31:42 UTC"
  /// When the images' binaries were built.
  private static let built = [
    "1.28.4": "2018-05-22 17:00:17 UTC", "1.36.1": "2023-05-18 22:34:17 UTC",
  ]

  /// Stops at what the applet does not know, as its getopt would.
  func check(_ arguments: [String]) throws {
    guard var letters else { return }
    let stopsEarly = letters.hasPrefix("+")
    if stopsEarly { letters.removeFirst() }
    var rules: [Character: Character] = [:]
    var last: Character?
    for letter in letters {
      if letter == ":" || letter == "?", let last {
        rules[last] = letter
      } else {
        rules[letter] = " "
        last = letter
      }
    }
    var rest = arguments[...]
    while let word = rest.popFirst(), word != "--" {
      if word.hasPrefix("--") {
        try check(long: word)
      } else if word.hasPrefix("-"), word != "-" {
        var cluster = word.dropFirst()
        while let letter = cluster.popFirst() {
          guard let rule = rules[letter] else {
            throw UsageError("invalid option -- '\(letter)'")
          }
          if rule == " " { continue }
          if rule == ":", cluster.isEmpty, rest.popFirst() == nil {
            throw UsageError("option requires an argument -- '\(letter)'")
          }
          break
        }
      } else if stopsEarly {
        return
      }
    }
  }

  private func check(long word: String) throws {
    let name = word.dropFirst(2).prefix { $0 != "=" }
    if name == "help" { throw ManualRequest() }
    guard longNames.contains(where: { $0.hasPrefix(name) }) else {
      throw UsageError("unrecognized option '\(word)'")
    }
  }

  private static let failures: [String: ExitStatus] = [
    "grep": 2, "egrep": 2, "fgrep": 2, "sort": 2, "expr": 2, "cmp": 2, "nohup": 127,
  ]

  /// Of the applet that a name calls.
  static func named(_ name: String) -> BusyBoxApplet? { all[name] }

  private static let all: [String: BusyBoxApplet] = {
    var found: [String: BusyBoxApplet] = [:]
    for line in table.split(separator: "\n") {
      let parts = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false)
        .map(String.init)
      guard parts.count == 4 else { continue }
      let usage = parts[3].split(separator: "¶", omittingEmptySubsequences: false)
        .joined(separator: "\n")
      found[parts[0]] = BusyBoxApplet(
        letters: parts[1] == "*" ? nil : parts[1],
        longNames: parts[2].split(separator: " ").map(String.init), usage: usage,
        failure: failures[parts[0]] ?? 1)
    }
    return found
  }()

  /// Name, letters, long names, usage with ¶ between its lines.
  private static let table = #"""
    addgroup|g:S|gid system|addgroup [-g GID] [-S] [USER] GROUP
    adduser|h:g:s:G:DSHu:k:|home gecos shell ingroup disabled-password empty-password system no-create-home uid skel|adduser [OPTIONS] USER [GROUP]
    arp|A:p:H:t:i:adnDsv||arp¶[-vn]	[-H HWTYPE] [-i IF] -a [HOSTNAME]¶[-v]		    [-i IF] -d HOSTNAME [pub]¶[-v]	[-H HWTYPE] [-i IF] -s HOSTNAME HWADDR [temp]¶[-v]	[-H HWTYPE] [-i IF] -s HOSTNAME HWADDR [netmask MASK] pub¶[-v]	[-H HWTYPE] [-i IF] -Ds HOSTNAME IFACE [netmask MASK] pub
    ash|*||ash [-il] [-|+Cabefmnuvx] [-|+o OPT]... [-c 'SCRIPT' [ARG0 ARGS] | FILE ARGS | -s ARGS]
    awk|*||awk [OPTIONS] [AWK_PROGRAM] [FILE]...
    base64|dw:||base64 [-d] [-w COL] [FILE]
    basename|+as:||basename FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE...
    cal|jmy||cal [-jmy] [[MONTH] YEAR]
    cat|etvAnbu||cat [-nbvteA] [FILE]...
    chgrp|RhLHPvcf||chgrp [-RhLHPcvf]... GROUP FILE...
    chmod|*||chmod [-Rcvf] MODE[,MODE]... FILE...
    chown|RhLHPvcf||chown [-RhLHPcvf]... USER[:[GRP]] FILE...
    chroot|+||chroot NEWROOT [PROG ARGS]
    cksum|||cksum FILE...
    cmp|ln:s|bytes quiet silent verbose|cmp [-ls] [-n NUM] FILE1 [FILE2 [SKIP1 [SKIP2]]]
    comm|123||comm [-123] FILE1 FILE2
    cp|pdRfilsLHarPvTut:nx|archive force interactive no-clobber link dereference no-dereference recursive symbolic-link no-target-directory target-directory verbose update remove-destination parents reflink|cp [-arPLHpfinlsTu] SOURCE DEST¶or: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY }
    crontab|u:c:lerd||crontab [-c DIR] [-u USER] [-ler]|[FILE]
    cut|b:c:f:d:O:sDF:n||cut [OPTIONS] [FILE]...
    date|Rs:ud:r:I?D:|rfc-822 rfc-2822 set utc date reference|date [OPTIONS] [+FMT] [[-s] TIME]
    dd|*||dd [if=FILE] [of=FILE] [ibs=N obs=N/bs=N] [count=N] [skip=N] [seek=N]¶	[conv=notrunc|noerror|sync|fsync]¶	[iflag=skip_bytes|count_bytes|fullblock|direct] [oflag=seek_bytes|append|direct]
    delgroup|||delgroup [USER] GROUP
    deluser||remove-home|deluser [--remove-home] USER
    df|kPTt:aiB:hm||df [-PkmhTai] [-B SIZE] [-t TYPE] [FILESYSTEM]...
    diff|abdiL:NqrsS:tTU:wupBE|ignore-case ignore-tab-expansion ignore-space-change ignore-all-space ignore-blank-lines text minimal label new-file unidirectional-new-file brief recursive report-identical-files starting-file expand-tabs initial-tab unified show-c-function|diff [-abBdiNqrTstw] [-L LABEL] [-S FILE] [-U LINES] FILE1 FILE2
    dirname|*||dirname FILENAME
    dmesg|cs:n:r||dmesg [-cr] [-n LEVEL] [-s SIZE]
    du|aHkLsxd:lcbhm||du [-aHLdclsxhmk] [FILE]...
    env|+i0u:|ignore-environment null unset|env [-i0] [-u NAME]... [-] [NAME=VALUE]... [PROG ARGS]
    expand|it:|initial tabs|expand [-i] [-t N] [FILE]...
    expr|*||expr EXPRESSION
    fallocate|l:o:||fallocate [-o OFS] -l LEN FILE
    find|*||find [-HL] [PATH]... [OPTIONS] [ACTIONS]
    fold|bsw:||fold [-bs] [-w WIDTH] [FILE]...
    free|bkmgh||free [-bkmgh]
    grep|lnqvscFiHhe:f:LorRm:wxA:B:C:EaI|color|grep [-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...
    egrep|lnqvscFiHhe:f:LorRm:wxA:B:C:EaI|color|grep [-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...
    fgrep|lnqvscFiHhe:f:LorRm:wxA:B:C:EaI|color|grep [-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...
    gunzip|cfkvqdtn|stdout to-stdout force verbose decompress uncompress test quiet no-name keep|gunzip [-cfkt] [FILE]...
    gzip|cfkvqdtn123456789|stdout to-stdout force verbose decompress uncompress test quiet fast best no-name keep|gzip [-cfkdt] [FILE]...
    head|n:c:qv0123456789||head [OPTIONS] [FILE]...
    hexdump|bcdoxCe:f:n:s:v||hexdump [-bcdoxCv] [-e FMT] [-f FMT_FILE] [-n LEN] [-s OFS] [FILE]...
    hostname|dfisF:v|domain fqdn file ip-address short|hostname [-sidf] [HOSTNAME | -F FILE]
    id|rnugGZ||id [-ugGnr] [USER]
    ifconfig|*||ifconfig [-a] [IFACE] [ADDRESS]
    install|cvb:Ddpsg:m:o:t:T|directory preserve-timestamps strip group mode owner target-directory|install [-cdDsp] [-o USER] [-g GRP] [-m MODE] [-t DIR] [SOURCE]... DEST
    ip|*||ip [OPTIONS] address|route|link|tunnel|neigh|rule [ARGS]
    kill|*||kill [-l] [-SIG] PID...
    killall|*||killall [-lq] [-SIG] PROCESS_NAME...
    less|EMmN~IFSR||less [-EFIMmNSRh~] [FILE]...
    link|||link FILE LINK
    ln|sfnbS:vT||ln [-sfnbtv] [-S SUF] TARGET... LINK|DIR
    ls|Cadi1lgnsxAkFpRQctuSXrvLHhT:w:|full-time group-directories-first color|ls [-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...
    md5sum|scwbt||md5sum [-c[sw]] [FILE]...
    mkdir|m:pv|mode parents verbose|mkdir [-m MODE] [-p] DIRECTORY...
    mkfifo|m:||mkfifo [-m MODE] NAME
    mktemp|dqtp:u|directory quiet dry-run tmpdir|mktemp [-dt] [-p DIR] [TEMPLATE]
    more|||more [FILE]...
    mount|*||mount [OPTIONS] [-o OPT] DEVICE NODE
    mv|finTt:v|interactive force no-clobber no-target-directory target-directory verbose|mv [-finT] SOURCE DEST¶or: mv [-fin] SOURCE... { -t DIRECTORY | DIRECTORY }
    nc|*||nc [OPTIONS] HOST PORT  - connect¶nc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen
    netstat|laentuwxrWp||netstat [-ral] [-tuwx] [-enWp]
    nice|*||nice [-n ADJUST] [PROG ARGS]
    nl|pw:s:v:i:b:|body-numbering starting-line-number line-increment page-increment join-blank-lines number-separator number-format no-renumber number-width|nl [OPTIONS] [FILE]...
    nohup|*||nohup PROG ARGS
    nproc||ignore all|nproc [--all] [--ignore=N]
    nslookup|*||nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]
    od|A:N:abcdfhij:lot:vxsS:w?|address-radix skip-bytes read-bytes format output-duplicates strings traditional width|od [-abcdfhilovxs] [-t TYPE] [-A RADIX] [-N SIZE] [-j SKIP] [-S MINSTR] [-w WIDTH] [FILE]...
    passwd|a:lud||passwd [-a ALG] [-dlu] [USER]
    paste|d:s||paste [-d LIST] [-s] [FILE]...
    pgrep|vlafxones:P:||pgrep [-flanovx] [-s SID|-P PPID|PATTERN]
    pidof|so:||pidof [-s] [-o PID] [NAME]...
    ping|qv46c:s:t:w:W:I:np:i:A||ping [OPTIONS] HOST
    pkill|*||pkill [-l|-SIGNAL] [-xfvnoe] [-s SID|-P PPID|PATTERN]
    printenv|||printenv [VARIABLE]...
    ps|*||ps [-o COL1,COL2=HEADER] [-T]
    pstree|p||pstree [-p] [PID|USER]
    readlink|nfvsq||readlink [-fnv] FILE
    realpath|||realpath FILE...
    reset|||reset
    rev|||rev [FILE]...
    rm|fiRrv||rm [-irf] FILE...
    rmdir|pv|parents verbose ignore-fail-on-non-empty|rmdir [-p] DIRECTORY...
    route|A:ne||route [-ne] [-A inet[6]] [{add|del} [-net|-host] TARGET [netmask MASK]¶	[gw GATEWAY] [metric N] [mss BYTES] [window BYTES] [reject] [IFACE]]
    sed|i?rEne:f:szh|in-place regexp-extended quiet silent expression file null-data version|sed [-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...¶or: sed [-i[SFX]] [-nrE] CMD [FILE]...
    seq|*||seq [-w] [-s SEP] [FIRST [INC]] LAST
    setsid|+c||setsid [-c] PROG ARGS
    sh|*||sh [-il] [-|+Cabefmnuvx] [-|+o OPT]... [-c 'SCRIPT' [ARG0 ARGS] | FILE ARGS | -s ARGS]
    sha1sum|scwbt||sha1sum [-c[sw]] [FILE]...
    sha256sum|scwbt||sha256sum [-c[sw]] [FILE]...
    sha512sum|scwbt||sha512sum [-c[sw]] [FILE]...
    shuf|ei:n:o:z||shuf [-n NUM] [-o FILE] [-z] [FILE | -e [ARG...] | -i L-H]
    sleep|*||sleep [N]...
    sort|nrughMVucszbdfiot:k:o:S:T:m||sort [-nrughMcszbdfiokt] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]] [-t CHAR] [FILE]...
    split|l:b:a:||split [OPTIONS] [INPUT [PREFIX]]
    stat|tLfc:||stat [-ltf] [-c FMT] FILE...
    strings|afon:t:||strings [-fo] [-t o|d|x] [-n LEN] [FILE]...
    stty|*||stty [-a|g] [-F DEVICE] [SETTING]...
    su|*||su [-lmp] [-s SH] [-] [USER [FILE ARGS | -c 'CMD' [ARG0 ARGS]]]
    sync|df||sync [-df] [FILE]...
    sysctl|+neAapwq||sysctl [-enq] { -a | -p [FILE]... | [-w] [KEY[=VALUE]]... }
    tac|||tac [FILE]...
    tail|fc:n:qs:vF0123456789||tail [OPTIONS] [FILE]...
    tar|*||tar c|x|t [-zJjahmvokO] [-f TARFILE] [-C DIR] [-T FILE] [-X FILE] [LONGOPT]... [FILE]...
    tee|ia||tee [-ai] [FILE]...
    telnet|al:||telnet [-a] [-l USER] HOST [PORT]
    time|+vpao:f:||time [-vpa] [-o FILE] PROG ARGS
    timeout|+s:k:p:t:||timeout [-s SIG] [-k KILL_SECS] SECS PROG ARGS
    top|d:n:bHm||top [-bmH] [-n COUNT] [-d SECONDS]
    touch|chr:d:t:am|no-create reference date no-dereference|touch [-cham] [-d DATE] [-t DATE] [-r FILE] FILE...
    tr|+Ccds||tr [-cds] STRING1 [STRING2]
    traceroute|FIlnrdvxt:i:m:p:q:s:w:z:f:46||traceroute [-46IFlnrv] [-f 1ST_TTL] [-m MAXTTL] [-q PROBES] [-p PORT]¶	[-t TOS] [-w WAIT_SEC] [-s SRC_IP] [-i IFACE]¶	[-z PAUSE_MSEC] HOST [BYTES]
    truncate|cs:||truncate [-c] -s SIZE FILE...
    tty|s||tty [-s]
    umount|*||umount [-rlfda] [-t FSTYPE] FILESYSTEM|DIRECTORY
    uname|snrvmpioa|all kernel-name nodename kernel-release kernel-version machine processor hardware-platform operating-system|uname [-amnrspvio]
    unlink|||unlink FILE
    uniq|cduf:s:w:iz||uniq [-cduiz] [-f,s,w N] [FILE [OUTFILE]]
    vi|c:RHh||vi [-c CMD] [-R] [-H] [FILE]...
    watch|+dtxn:||watch [-n SEC] [-t] PROG ARGS
    wc|lwmcL||wc [-cmlwL] [FILE]...
    wget|cqSO:o:P:Y:U:T:t:n:|continue quiet server-response output-document output-file directory-prefix proxy user-agent timeout tries header post-data post-file spider no-check-certificate passive-ftp no-verbose no-clobber no-host-directories no-parent|wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]¶	[--post-data STR | --post-file FILE] [-Y on/off]¶	[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...
    which|a||which [-a] COMMAND...
    whoami|||whoami
    xargs|+trn:s:e?E:oP:xpa:0I:i?L:|no-run-if-empty|xargs [OPTIONS] [PROG ARGS]
    xxd|l:s:aipbo:rg:c:u||xxd [-pri] [-g N] [-c N] [-l LEN] [-s OFS] [-o OFS] [FILE]
    yes|*||yes [STRING]
    zcat|*||zcat [FILE]...
    """#
}
