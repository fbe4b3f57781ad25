using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Reinforcement;
using Engine.Learn.Training;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Reinforcement;

/// <summary>Cart and pole by their equations, advantages by their definition, and an agent that learns.</summary>
[Collection(LibtorchCollection.Name)]
public class PpoTests
{
    /// <summary>The first steps from rest and upright, by the equations of motion with numbers put in.</summary>
    [Fact]
    public void ACartThatIsPushedMovesAndItsPoleFallsBack()
    {
        var world = new CartPole { State = [0, 0, 0, 0, 0] };
        Assert.Equal(new Transition(1, false, false), world.Step(1));
        // Upright and at rest: push 10/1.1, angular acceleration −push/(0.5 (4/3 − 0.1/1.1)), acceleration push − 0.05 · that/1.1.
        const double push = 10 / 1.1;
        const double turn = -push / (0.5 * (4.0 / 3 - 0.1 / 1.1));
        double[] expected = [0, 0.02 * (push - 0.05 * turn / 1.1), 0, 0.02 * turn, 1];
        for (var k = 0; k < expected.Length; k++)
        {
            Assert.Equal(expected[k], world.State[k], 1e-14);
        }
        world.Step(1);
        Assert.Equal(0.02 * expected[1], world.State[0], 1e-14);
        Assert.Equal(0.02 * expected[3], world.State[2], 1e-14);

        var steps = 2;
        while (!world.Step(1).IsTerminal)
        {
            steps++;
        }
        // A pole at rest that is pushed one way leans by 12° within a quarter of a second.
        Assert.InRange(steps, 7, 12);
        world.State = [0, 0, 0, 0, 499];
        Assert.Equal(new Transition(1, false, true), world.Step(0));
    }

    [Fact]
    public void AdvantagesAreDiscountedSumsWithinEpisodes()
    {
        var random = new Random(4);
        var experience = new Experience(2, 6, 1);
        for (var k = 0; k < experience.Count; k++)
        {
            (experience.Rewards[k], experience.Values[k], experience.Ends[k]) = (random.NextDouble(), random.NextDouble(), k is 5 or 8);
        }
        double[] last = [0.3, 0.7];
        const double discount = 0.9;
        var found = experience.Advantages(last, discount, 1);
        for (var e = 0; e < 2; e++)
        {
            for (var t = 0; t < 6; t++)
            {
                // With λ = 1: the discounted rewards to the end of the episode, or of the round and its value, less what was expected.
                var (sum, factor, ended) = (0.0, 1.0, false);
                for (var s = t; s < 6 && !ended; s++)
                {
                    sum += factor * experience.Rewards[2 * s + e];
                    factor *= discount;
                    ended = experience.Ends[2 * s + e];
                }
                sum += ended ? 0 : factor * last[e];
                Assert.Equal(sum - experience.Values[2 * t + e], found[2 * t + e], 1e-12);
            }
        }
        var oneStep = experience.Advantages(last, discount, 0);
        Assert.Equal(experience.Rewards[0] + discount * experience.Values[2] - experience.Values[0], oneStep[0], 1e-12);
    }

    /// <summary>A random policy holds the pole for 22 steps; the same seed learns the same.</summary>
    [SkippableFact]
    public void AnAgentLearnsToHoldThePole()
    {
        Libtorch.Require();
        var runs = new[] { 1, 2 }.Select(_ =>
        {
            using var network = new Network(Agent(2), seed: 3);
            using var trainer = new PpoTrainer(network, () => new CartPole(), new() { Iterations = 25, Seed = 5 });
            var recorder = new Counter();
            trainer.Run([recorder]);
            return (trainer.MeanReturn, recorder.Moments, Parameters: network.Parameters.SelectMany(p => p.Value.to_double()).ToArray());
        }).ToArray();
        Assert.True(runs[0].MeanReturn > 80, $"mean return {runs[0].MeanReturn}");
        Assert.Equal(runs[0].Parameters, runs[1].Parameters);
        Assert.Equal((true, true), (runs[0].Moments[0].IsFirst, runs[0].Moments[^1].IsLast));
        // Before the first step and after every fifth of 25 rounds.
        Assert.Equal(6, runs[0].Moments.Count);
    }

    [SkippableFact]
    public void WhatDoesNotFitIsSaidInOneLine()
    {
        Libtorch.Require();
        using var network = new Network(Agent(3), seed: 3);
        Assert.Contains("expected [2], one for each action", Assert.Throws<InputException>(() => new PpoTrainer(network, () => new CartPole(), new() { Iterations = 1 })).Message);
        Assert.Contains("discount is 1.5", Assert.Throws<InputException>(() => new PpoTrainer(network, () => new CartPole(), new() { Iterations = 1, Discount = 1.5 })).Message);
    }

    private static NetworkDefinition Agent(int actions) => new()
    {
        Input = new NumbersInput { Sizes = [4] },
        Layers =
        [
            new DenseLayer { Units = 32, Activation = Activation.Tanh },
            new HeadsLayer
            {
                Heads =
                [
                    new(PpoTrainer.PolicyHead, [new DenseLayer { Units = actions }]),
                    new(PpoTrainer.ValueHead, [new DenseLayer { Units = 1 }]),
                ],
            },
        ],
    };

    private sealed class Counter : ITrainingRecorder
    {
        public List<TrainingMoment> Moments { get; } = [];

        public RecordingSchedule Schedule { get; } = new() { EveryEpochs = 5 };

        public void Record(TrainingMoment moment) => Moments.Add(moment);
    }
}
