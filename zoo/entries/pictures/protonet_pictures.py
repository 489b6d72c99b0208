"""Prototypical network for pictures in colour of any kind: a folder of icons, stamps, signs, photographs.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017. No paper has these pictures: they are drawn
by the zoo itself (`zoo.datasets.DrawnPictures`), and evaluated on kinds that no training shows: faces, flags, vessels, houses,
stamps; all classes of an evaluation task are of one kind.
Departures: eight blocks, of which five halve the picture; 24-way episodes of 4 shots and 2 queries, two thirds of
whose classes come from two kinds; every pair of examples is a lesson (`PrototypicalConfig.pairs`); distortions of form and
colour; Muon on kernels, in mixed bfloat16; the average of the weights over the last steps is shipped.
    zoo train protonet_pictures
"""

from zoo.datasets import Augmentation, ColourAugmentation, DrawnPictures, NWay
from zoo.hub.entry import Entry, Recipe
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

ENTRY = Entry(
    learner=PrototypicalNetwork,
    config=PrototypicalConfig(
        size=64,
        channels=3,
        filters=(32, 32, 64, 64, 96, 96, 128, 128),
        shrink=("stride", "none", "pool", "none", "pool", "none", "pool", "pool"),
        pairs=1.0,
    ),
    benchmark=NWay(
        DrawnPictures(),
        ways=24,
        shots=4,
        queries=2,
        hard=(2, 8),
        augment=ColourAugmentation(Augmentation(rotation=10.0, shear=0.1, scale=(0.8, 1.2), shift=4.0, probability=1.0)),
        evaluation_within_group=True,
        test_tasks=200,
    ),
    recipe=Recipe(
        steps=8_000,
        tasks_per_step=1,
        learning_rate=2e-3,
        optimizer="kernel_muon",
        loss="cross_entropy",
        average=0.99,
        steps_per_execution=10,
        epochs=20,
        jit=False,
        precision="mixed_bfloat16",
    ),
)
