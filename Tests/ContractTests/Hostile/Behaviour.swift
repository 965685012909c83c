import Support

/// One way in which a server treats its clients badly, and what the adapters must make of it.
struct Behaviour: Sendable {
  enum Call: String, CaseIterable, Sendable { case create, update, withdraw, read, lookUp, upload }

  enum Start: Sendable {
    /// After it has read the request.
    case afterReading
    /// As soon as it has the connection: what is sent is not read whole.
    case atOnce
    /// It stops listening.
    case gone
    /// Already while TLS is agreed upon.
    case handshake(TestIdentity.Kind)
    /// It speaks anything but TLS.
    case withoutTLS
  }

  /// What each call must end with: the journal's word, "done", or several that are right ("done|uncertain").
  struct Meaning: Sendable {
    var facebook: [Call: String]
    var offerUp: [Call: String]

    init(_ create: String, _ others: String, facebook: [Call: String] = [:], offerUp: [Call: String] = [:]) {
      var usual = Dictionary(uniqueKeysWithValues: Call.allCases.map { ($0, others) })
      usual[.create] = create
      self.facebook = usual.merging(facebook) { $1 }
      self.offerUp = usual.merging(offerUp) { $1 }
      // OfferUp fetches photos itself.
      self.offerUp[.upload] = nil
    }

    /// Only for one of them.
    static func facebook(_ create: String, _ others: String, _ more: [Call: String] = [:]) -> Meaning {
      var meaning = Meaning(create, others, facebook: more)
      meaning.offerUp = [:]
      return meaning
    }

    static func offerUp(_ create: String, _ others: String, _ more: [Call: String] = [:]) -> Meaning {
      var meaning = Meaning(create, others, offerUp: more)
      meaning.facebook = [:]
      return meaning
    }
  }

  let name: String
  var start = Start.afterReading
  let steps: [ScriptedServer.Step]
  let meaning: Meaning
  /// Only the client's own patience ends it.
  var isSlow = false

  init(
    _ name: String, at start: Start = .afterReading, _ steps: [ScriptedServer.Step], _ meaning: Meaning,
    isSlow: Bool = false
  ) {
    (self.name, self.start, self.steps, self.meaning, self.isSlow) = (name, start, steps, meaning, isSlow)
  }

  /// A well-formed answer.
  init(
    _ name: String, status: Int = 200, headers: [(String, String)] = [], body: String, _ meaning: Meaning
  ) {
    self.init(name, [.answer(status, headers: headers, body)], meaning)
  }

  var endsWithAnAnswer: Bool { if case .answer? = steps.last { true } else { false } }
  var readsRequests: Bool { if case .afterReading = start { true } else { false } }
}

extension Behaviour.Meaning {
  /// The request went out and no answer came.
  static let lost = Self("uncertain", "unavailable")
  /// Nothing went out.
  static let unsent = Self("unavailable", "unavailable")
  static let done = Self("done", "done")
  /// A success, and no more requests for six hours at most: the photo is there, and its post waits without being sent.
  static let doneAndRest = Self("done", "done", facebook: [.upload: "throttled+21600"])
  /// A success that says nothing: OfferUp's contract asks for no more where nothing is to be learned.
  static let wordless = Self("uncertain", "unexpected", offerUp: [.update: "done", .withdraw: "done"])
  /// Something in between answered.
  static let foreign = Self("uncertain", "unexpected")
}

extension Behaviour {
  /// A success for every call.
  static let good = #"{"id":"7","success":true,"data":[]}"#

  static let all: [Behaviour] = {
    let tables: [[Behaviour]] = [
      connections, lengths, heads, endless, redirects, bodies, ids, oddIDs, answers, statuses, pauses, graphErrors, tls,
    ]
    return tables.flatMap { $0 }
  }()
}
