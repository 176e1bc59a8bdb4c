"""The runner: it reads the streams a service listens to and counts each event exactly once, in order, whatever crashes."""

from shared.runner.projection import Change, Changes, Projection
from shared.runner.reactions import Hand, Reaction, ReactionWorker
from shared.runner.runner import Runner, RunnerFailed

__all__ = ["Change", "Changes", "Hand", "Projection", "Reaction", "ReactionWorker", "Runner", "RunnerFailed"]
