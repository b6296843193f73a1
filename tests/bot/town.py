"""A conversation over the simulated portals: the desk, the drivers and the wire are the real ones; Rasa is away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import beside, dossiers, reminding, speaking, staffed
from bot.conversation import Conversation
from bot.handing_over import HandingOver
from bot.rasa import Rasa
from core import profile as profiles
from core.conversations.inbox import Inbox
from core.conversations.state import States
from core.dossiers.portals.router import Portals
from core.messages import Address, Incoming, Reply
from core.procedures.choices import Choices
from core.procedures.guide import Guide
from core.profile import Profile
from core.reminders.gate import Replies
from core.secret import Secret
from core.settings import Settings
from simulators.portal.server import create
from simulators.portal.states import State
from simulators.portal.world import World
from tests.bot.fakes import FakeRasa, away

_GENEROUS = {"lookups_per_hour": 10**6, "unknown_per_hour": 10**6, "unknown_per_minute": 10**6}
Start = Callable[[object], Awaitable[str]]


@dataclass
class Town:
    """The simulated portals and the assistant over them."""

    world: World
    base: str
    talk: HandingOver
    portals: Portals
    inbox: Inbox
    first: speaking.Common
    talks: staffed.Talks
    secret: Secret

    async def says(self, text: str, who: str = "1") -> str:
        """Write something as somebody on the web, or at the address ``who`` names; gives the whole answer."""
        address = Address.parse(who) if ":" in who else Address("web", who)
        return said(await self.talk.answer(Incoming(address, text)))

    async def presses(self, title: str, who: str) -> str:
        """Answer with the title of a choice, as one does where there are no buttons."""
        answer = await self.says(title, who)
        assert "từ khóa" not in answer, f"{title!r} was no choice of {who}"
        return answer

    async def says_payload(self, payload: str, who: str) -> str:
        """Press a button of another time."""
        return said(await self.talk.answer(Incoming(Address.parse(who), payload, "payload")))

    async def told(self, who: str) -> str:
        """What was sent to an address that did not write; it counts as sent after that."""
        texts = []
        while claimed := await self.inbox.claim("test", self.world.now(), [Address.parse(who).channel]):
            assert str(claimed.incoming.address) == who
            texts += [m.text for m in claimed.reply or ()]
            await self.inbox.done(claimed)
        return "\n".join(texts)

    def dossier(self, root: str, status: str = "Đang xử lý") -> State:
        """A dossier of a portal with a status."""
        for one in self.world.newest():
            state = self.world.state(one)
            if root in one.code.split("-")[0] and state.last.name == status:
                return state
        raise AssertionError(f"no {root} dossier with status {status}")


def said(reply: Reply) -> str:
    """All of an answer."""
    return "\n".join(m.text for m in reply.messages)


@pytest.fixture
async def town(serve: Start, engine: AsyncEngine, guide: Guide) -> AsyncIterator[Town]:
    """A town in which nothing is remembered as fresh and nobody is taken for a guesser."""
    world = World(1)
    base = await serve(create(world))
    settings = Settings(portal_simulator_url=base, portal_fresh=0, portal_wait=1.0)
    secret, profile = Secret("k" * 32), _generous(profiles.load("dak-lak"))
    portals = dossiers.portals(settings, engine, secret, world.now)
    talks = staffed.assemble(profile, engine, secret, world.now)
    reminders = reminding.assemble(profile, engine, secret, world.now, talks.settling.taken)
    made = dossiers.assemble(settings, profile, engine, secret, portals, world.now, reminders.coming)
    inbox, sides = Inbox(engine, world.now, talks.settling), [reminders.side]
    more = beside.assemble(profile, engine, secret, inbox, made.on_part, world.now, sides, talks.side)
    rasa = Rasa(FakeRasa(away).client(), "http://rasa")
    choices, states = Choices(engine, secret), States(engine)
    talk = Conversation(guide, made.desk, more.desk, states, choices, rasa, profile, world.now)
    over, replies = talks.over(talk, guide, rasa), Replies(engine, world.now)
    ends = talks.endings
    first = speaking.Common(settings, profile, engine, portals, made, reminders, replies, world.now, ends)
    yield Town(world, base, over, portals, inbox, first, talks, secret)
    await portals.close()


def _generous(profile: Profile) -> Profile:
    return profile.model_copy(update={"dossiers": profile.dossiers.model_copy(update=_GENEROUS)})
