import BinaryHTTP
import HTTPMessages
import ObliviousHTTP
import PartyHosting
import Trust

/// Opens one encapsulated request, and answers it frame by frame.
///
/// The answer's shape is decided by its class before anything is done, and refusals have it too.
struct EncapsulatedRequests: Sendable {
  let node: NodeService
  let clock: MonotonicClock
  let pacing: FramePacing
  let admission: AdmissionQueue
  let metrics: NodeMetrics

  /// - Throws: the codes of `OHTTPError` and `NodeError` where the request does not open; nothing was answered then.
  ///   What goes wrong later breaks the answer off.
  func answer(_ request: StreamedRequest, _ answer: any ResponseWriter) async throws {
    // It gets ready while the request is opened.
    node.ownEngine?.requestArrives()
    defer { node.ownEngine?.requestEnds() }
    // A client may seal its whole request as one chunk; the body's limit bounds what is kept of it.
    var opener = ChunkedRequestOpener(
      keys: try node.livingKeys(), maximumChunkByteCount: NodeService.requestLimit)
    var content: [UInt8] = []
    var isKnownAsNew = false
    var pieces = request.body.makeAsyncIterator()
    while let piece = try await pieces.next() {
      for chunk in try opener.feed(piece) { content += chunk }
      guard content.count <= RequestClass.largest.byteCount else {
        throw NodeError(NodeError.requestMalformed, "request is above the largest class")
      }
      if !isKnownAsNew, let encapsulatedKey = opener.encapsulatedKey {
        try node.refuseReplay(of: encapsulatedKey)
        isKnownAsNew = true
      }
    }
    // Only the final chunk says that the request is whole: nothing of it is looked at before.
    let finished = try opener.finish()
    content += finished.finalChunk
    let epoch = try node.record(finished.encapsulatedKey, openedBy: finished.keyConfiguration)
    observe {
      $0.opened = .inner
      $0.sawContent = true
    }
    do {
      try await respond(to: content, ofEpoch: epoch, sealer: finished.takeSealer(), answer)
    } catch {
      await answer.abort()
    }
  }

  private func respond(
    to content: [UInt8], ofEpoch epoch: UInt64, sealer: consuming ChunkedResponseSealer, _ answer: any ResponseWriter
  ) async throws {
    let (answerClass, decoded) = TaskRequest.decode(content)
    let request: TaskRequest
    switch decoded {
    case .success(let decoded): request = decoded
    case .failure(let refusal): return try await refuse(refusal, answerClass, sealer, answer)
    }
    let tasks: TaskService
    do throws(NodeError) {
      tasks = try await node.tasks(ofEpoch: epoch, answerClass)
    } catch {
      return try await refuse(TaskRefusal(error.code, status: 503), answerClass, sealer, answer)
    }
    guard let place = admission.arrive() else { return try await refuse(.busy, answerClass, sealer, answer) }
    if answerClass.isStream {
      try await send(request, tasks, place, answerClass, sealer, answer)
    } else {
      let response = await admitted(request, place) { await tasks.respond(to: request) }
      try await send(whole: response ?? TaskRefusal.busy.response, answerClass, sealer, answer)
    }
  }

  /// Works once the node has room. The request is counted once: as what it asks for, or as refused.
  private func admitted<Output>(
    _ request: TaskRequest, _ place: AdmissionQueue.Place, _ work: () async -> Output
  ) async -> Output? {
    let output = await admission.run(place) {
      metrics.count(CountedTask(request))
      return await work()
    }
    if output == nil { metrics.count(.refused) }
    return output
  }

  private func refuse(
    _ refusal: TaskRefusal, _ answerClass: AnswerClass, _ sealer: consuming ChunkedResponseSealer,
    _ answer: any ResponseWriter
  ) async throws {
    metrics.count(.refused)
    try await send(whole: refusal.response, answerClass, sealer, answer)
  }

  private func send(
    whole response: BinaryHTTP.Response, _ answerClass: AnswerClass, _ sealer: consuming ChunkedResponseSealer,
    _ answer: any ResponseWriter
  ) async throws {
    let frames: AnswerFrames
    do {
      frames = try AnswerFrames(whole: response, answerClass)
    } catch {
      let refusal = TaskRefusal.answerTooLarge.response
      let hops = response.headerFields[AnswerHops.fieldName]
      frames = try AnswerFrames(whole: hops.map { refusal.naming(hops: $0) } ?? refusal, answerClass)
    }
    try await send(frames, every: answerClass.cadence, from: nil, sealer, answer)
  }

  /// The engine works while frames leave; where the answer breaks off, or its class ends, it is cancelled. Frames leave
  /// from the beginning, empty while the request waits for its turn: they look the same with and without a wait.
  private func send(
    _ request: TaskRequest, _ tasks: TaskService, _ place: AdmissionQueue.Place, _ answerClass: AnswerClass,
    _ sealer: consuming ChunkedResponseSealer, _ answer: any ResponseWriter
  ) async throws {
    let pending = PendingAnswer(byteLimit: answerClass.answerByteCount)
    async let _: Void = stream(request, tasks, place, into: pending)
    // Lets that begin: the engine is asked before the head of the answer is written.
    await Task.yield()
    try await send(
      AnswerFrames(streaming: answerClass), every: answerClass.cadence, from: pending, sealer, answer)
  }

  private func stream(
    _ request: TaskRequest, _ tasks: TaskService, _ place: AdmissionQueue.Place, into pending: PendingAnswer
  ) async {
    let isDone: Void? = await admitted(request, place) { await tasks.respond(to: request, into: pending) }
    if isDone == nil { pending.fail(.busy) }
  }

  private func send(
    _ frames: AnswerFrames, every cadence: Duration, from pending: PendingAnswer?,
    _ sealer: consuming ChunkedResponseSealer, _ answer: any ResponseWriter
  ) async throws {
    var frames = frames
    var sealer = sealer
    var due = clock.now()
    try await answer.begin(status: 200, fields: OHTTPForm.chunked.responseFields)
    while !frames.isFinished {
      switch (pacing, pending) {
      case (.whenFilled, let pending?): if frames.hasBegun, frames.isUpToDate { await pending.news() }
      case (.whenFilled, nil): break
      case (.cadence, _): try await clock.sleep(due)
      }
      pending?.move(into: &frames)
      let plaintext = frames.next()
      try await answer.write(try sealer.sealChunk(plaintext, isFinal: frames.isFinished))
      due += cadence
    }
  }
}

extension OHTTPForm {
  /// The HTTP fields of a response in this form.
  fileprivate var responseFields: [HTTPField] {
    [HTTPField("content-type", responseMediaType), HTTPField(Self.incrementalFieldName, Self.incrementalFieldValue)]
  }
}
