"""The occasions of the demo: each preset and policy, several currencies, and gifts in every state.

The first occasion shows the most features.
"""

from __future__ import annotations

from wishlist_project.demo.story import (
    Ask,
    ChipIn,
    Collect,
    Occasion,
    Reserve,
    Say,
    SharedList,
    Thank,
    Thing,
    Wait,
    Wish,
)

BIRTHDAY = Occasion(
    "Alice turns 34",
    owner="Alice",
    days=23,
    description="Tea, trees and a bit of noise. Come hungry: there will be far too much cake.",
    preset="surprise",
    let_in={"Bob": "viewer", "Grandma Rose": "viewer", "Grandpa Walter": "viewer", "Fatima": "viewer"},
    invited=("charlie@example.com",),
    suggested=(
        ("Bob", "A weekend at the lake", "All of us together, in May? I could organise it."),
        ("Aunt Sofia", "A pottery class", ""),
    ),
    wishes=(
        Wish(
            "Green teapot for four",
            "teapot",
            "49.90",
            description="The stoneware one. Any green will do.",
            given=(Reserve("Aunt Sofia", stage="wrapped", message="Wrapped already!"),),
        ),
        Wish(
            "A field guide to mushrooms", "mushroom-guide", "28.00", description="The one with the drawings."
        ),
        Wish(
            "Hiking boots, size 39",
            "boots",
            "189.00",
            description="It's a big one, so feel free to chip in together.",
            given=(
                Collect(
                    "Grandma Rose",
                    target="189.00",
                    days=14,
                    note="Cash or bank transfer is fine. I'll buy them.",
                ),
                ChipIn("Grandma Rose", "60.00", paid=True),
                ChipIn("Grandpa Walter", "40.00"),
                Say("Bob", "Which ones? She tried on two pairs on Saturday."),
                Say("Grandma Rose", "The brown ones. The shop is keeping a pair for me."),
                Ask(
                    "Fatima",
                    "Low-cut or over the ankle?",
                    answer="Over the ankle, please. Any colour is fine.",
                ),
            ),
        ),
        Wish(
            "Headphones for the train",
            "headphones",
            "129.00",
            given=(
                Reserve("Bob", stage="ordered", message="I know which ones she wants."),
                Wait("Fatima"),
                Ask("Fatima", "Wired or wireless?"),
            ),
        ),
        Wish(
            "A day at the climbing wall",
            "climbing",
            "18.50",
            quantity=3,
            description="A ticket for each of us, so come along!",
            given=(Reserve("Fatima"),),
        ),
        Wish("A monstera, as big as fits on the tram", "plant", "35.00", mark="received"),
        Wish(
            "Good coffee",
            "coffee",
            "9.80",
            quantity=None,
            description="You can never have enough of it.",
            given=(Reserve("Jonas from work", units=2),),
        ),
        Wish(
            "A yellow raincoat",
            "raincoat",
            "75.00",
            description="For walks in the rain.",
            given=(Reserve("Fatima"),),
        ),
        Wish(
            "A tent for one",
            "tent",
            "82.00",
            description="My rucksack has room for one of the two.",
            instead_of="A yellow raincoat",
        ),
        Wish(
            "A book with photos of all of us",
            "photo-book",
            "45.00",
            description="Send me three photos each by Friday. She has no idea.",
            added_by="Bob",
            given=(ChipIn("Fatima", "15.00"), Say("Fatima", "I have one of you two on the ice!")),
        ),
        Wish("A night in a tree house", "tent", "160.00", description="Ask Bob first.", is_draft=True),
    ),
    pot=(
        Collect("Bob", target="400.00", days=20, note="For a weekend at the lake with all of us."),
        ChipIn("Bob", "80.00", paid=True),
        ChipIn("Fatima", "50.00"),
        ChipIn("Jonas from work", "20.00"),
    ),
)

WEDDING = Occasion(
    "Dana & Eli are getting married",
    owner="Dana",
    days=128,
    description="Our registry. We see what is taken and by whom, so that we can thank you properly.",
    preset="registry",
    settings={"is_public": True},
    let_in={"Eli": "editor", "Alice": "viewer", "Bob": "viewer", "Fatima": "viewer"},
    wishes=(
        Wish(
            "Cast-iron pot, five litres",
            "pot",
            "265.00",
            currency="CHF",
            given=(Reserve("Fatima", stage="arrived"),),
        ),
        Wish(
            "Dinner plates",
            "plates",
            "22.00",
            currency="CHF",
            quantity=8,
            given=(Reserve("Alice", units=3), Reserve("The Meiers", units=2, stage="ordered")),
        ),
        Wish("Bed linen, 240 × 220", "linen", "140.00", currency="CHF"),
        Wish(
            "A week of sailing",
            "sailing",
            "2400.00",
            currency="CHF",
            description="Our honeymoon. Every mile helps.",
            given=(
                ChipIn("Bob", "150.00"),
                ChipIn("Alice", "100.00", paid=True),
                ChipIn("Uncle Theo", "80.00"),
            ),
        ),
        Wish("Picnic basket", "basket", "95.00", currency="CHF"),
    ),
)

BABY = Occasion(
    "Priya's baby shower",
    owner="Priya",
    days=61,
    description="We only see what is still missing, never who gives it.",
    preset="surprise",
    settings={"policy": "status"},
    let_in={"Alice": "viewer", "Fatima": "editor", "Grace": "viewer"},
    wishes=(
        Wish(
            "Pram",
            "pram",
            "540.00",
            currency="GBP",
            given=(ChipIn("Grace", "75.00"), ChipIn("The whole office", "180.00", paid=True)),
        ),
        Wish(
            "Sleepsuits, 0 to 3 months",
            "sleepsuit",
            "12.50",
            currency="GBP",
            quantity=6,
            given=(Reserve("Alice", units=2),),
        ),
        Wish("A night light", "night-light", "31.00", currency="GBP"),
        Wish(
            "A rabbit with long ears",
            "rabbit",
            "18.00",
            currency="GBP",
            given=(Reserve("Fatima", stage="ordered"),),
        ),
    ),
)

CHRISTMAS = Occasion(
    "Bob's Christmas",
    owner="Bob",
    days=34,
    description="I don't need anything. But since you ask …",
    preset="surprise",
    settings={"names_shown": False},
    let_in={"Alice": "viewer", "Charlie": "viewer"},
    wishes=(
        Wish("A record player that still works", "record-player", "180.00", currency="USD"),
        Wish(
            "Thick woollen socks",
            "socks",
            "24.00",
            currency="USD",
            quantity=2,
            given=(Reserve("Alice"),),
        ),
        Wish("A travel chess set", "chess", "39.00", currency="USD", given=(Reserve("Charlie"),)),
    ),
)

CHILD = Occasion(
    "Mia turns six",
    owner="Grace",
    days=40,
    description="Mia's mum keeps this list, so she can see and give everything. Mia has no account and no idea.",
    preset="for_my_child",
    settings={"recipient_name": "Mia"},
    let_in={"Alice": "editor", "Grandma Rose": "viewer", "Bob": "viewer"},
    wishes=(
        Wish(
            "A bicycle with a basket",
            "bicycle",
            "229.00",
            description="18-inch wheels, red or yellow.",
            given=(ChipIn("Grandma Rose", "100.00"),),
        ),
        Wish("Lots of wax crayons", "crayons", "11.90", given=(Reserve("Grace", stage="wrapped"),)),
        Wish("A kite", "kite", "3200", currency="JPY", description="The shop in Osaka ships it."),
        Wish(
            "A dinosaur. A big one!",
            "dinosaur",
            "34.90",
            given=(Reserve("Mia's godfather", message="Roar."),),
        ),
    ),
)

BOTH = Occasion(
    "Rose & Walter: fifty years",
    owner="Grandma Rose",
    days=75,
    description="For both of us. Neither of us sees what you are up to.",
    preset="for_both",
    let_in={"Grandpa Walter": "editor", "Alice": "viewer", "Bob": "viewer"},
    also_for=("Grandpa Walter",),
    wishes=(
        Wish(
            "A bench for the garden",
            "bench",
            "320.00",
            given=(
                Collect("Alice", target="320.00", days=60, note="From all the grandchildren."),
                ChipIn("Alice", "100.00", paid=True),
            ),
        ),
        Wish("Heirloom vegetable seeds", "seeds", "3.50", quantity=None, given=(Reserve("Bob", units=4),)),
    ),
)

HOUSEWARMING = Occasion(
    "Fatima's housewarming",
    owner="Fatima",
    days=-9,
    description="It was a lovely evening. Now I know who gave what.",
    preset="surprise",
    let_in={"Alice": "viewer", "Bob": "viewer", "Grace": "viewer"},
    wishes=(
        Wish(
            "A reading lamp",
            "lamp",
            "64.00",
            given=(Reserve("Alice", stage="given", message="For all your books."),),
            mark="received",
        ),
        Wish("A bread knife and a board", "knives", "58.00", given=(Reserve("Bob", stage="given"),)),
        Wish(
            "Herbs for the kitchen",
            "herbs",
            "6.50",
            quantity=3,
            given=(Reserve("The neighbours", units=2, stage="given"), Reserve("Grace", stage="given")),
        ),
    ),
    is_revealed=True,
    thanked=(
        Thank("Alice", "It's the nicest corner of the flat now. Thank you!", sent=True),
        Thank("Bob", "Thank you! The first loaf is yours."),
        Thank("The neighbours"),
    ),
)

OCCASIONS = (BIRTHDAY, WEDDING, BABY, CHRISTMAS, CHILD, BOTH, HOUSEWARMING)

PARTY = SharedList(
    "Summer party: who brings what",
    owner="Alice",
    group="Family",
    people=("Bob", "Grandma Rose", "Grandpa Walter", "Grace"),
    things=(
        Thing("Coffee", "coffee", who="Grandpa Walter", is_done=True),
        Thing("Plates", "plates", quantity=12, who="Bob"),
        Thing("A big pot of soup", "pot"),
        Thing("Fresh herbs", "herbs", quantity=3),
    ),
)
