"""A learner of embeddings learns the tasks of the learner that it is made of, grows them, and gives them back."""

import numpy as np

from zoo.learners import made
from zoo.learners.over_embeddings import OverEmbeddings
from zoo.models import encoded, siamese


def test_it_learns_updates_and_answers_as_the_whole_learner():
    for learner in (encoded.tiny()["vectors"], next(iter(siamese.tiny().values()))):
        x, y = made.support(learner, 8)
        query, vectors = made.queries(learner), OverEmbeddings(learner)
        embedded, asked = (learner.graphs.embed(each).numpy() for each in (x, query))
        assert vectors.example.sizes == (learner.embedding_width(),)
        task, whole = vectors.learn(embedded[:5], y[:5]), learner.learn(x[:5], y[:5])
        same = {"rtol": 1e-4, "atol": 1e-4}
        np.testing.assert_allclose(task.answers(asked), whole.answers(query), **same)
        np.testing.assert_allclose(vectors.over(whole).answers(asked), whole.answers(query), **same)
        np.testing.assert_allclose(vectors.whole(task).answers(query), whole.answers(query), **same)
        more = vectors.over(whole).update(embedded[5:], [*y[5:7], 9])
        np.testing.assert_allclose(vectors.whole(more).answers(query), whole.update(x[5:], [*y[5:7], 9]).answers(query), **same)
        assert (more.size, more.classes[-1]) == (8, 9)
        assert vectors.whole(more).learner is learner and vectors.summary_arrays() == {}
