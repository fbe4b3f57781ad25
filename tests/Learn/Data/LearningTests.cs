using Engine.Core.Json;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Training;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Data;

/// <summary>What is drawn for a kind of network can be learnt by a small one of that kind.</summary>
[Collection(LibtorchCollection.Name)]
public sealed class LearningTests
{
    /// <summary>The sum over nodes of the elements of their neighbours, with weights: what one step of messages and a sum compute exactly.</summary>
    [SkippableFact]
    public void OneStepOfMessagesCountsDegrees()
    {
        Libtorch.Require();
        var definition = Network("""
            { "input": { "type": "graph", "nodeFeatures": 4 },
              "layers": [{ "type": "messagePassing", "units": 8 }, { "type": "readout", "method": "sum" }, { "type": "dense", "units": 1 }] }
            """);
        using var data = TestData.Read("""{"type":"graphs","count":240}""").Load(definition, "");
        var targets = data.Test!.Targets!.to_double();
        var variance = targets.Average(y => Math.Pow(y - targets.Average(), 2));
        // What is left of the variance is what the training did not reach; a network that counts nodes only leaves half of it.
        Assert.InRange(Trained(definition, data, """{"type":"meanPower"}""", 60, t => t.Evaluate(data.Test)), 0, 0.05 * variance);
    }

    [SkippableFact]
    public void ARecurrentNetworkFindsThePattern()
    {
        Libtorch.Require();
        var definition = Network("""
            { "input": { "type": "tokens", "length": 6 },
              "layers": [{ "type": "embedding", "vocabulary": 4, "width": 6, "positions": "none" }, { "type": "gru", "units": 12 }, { "type": "dense", "units": 2 }] }
            """);
        using var data = TestData.Read("""{"type":"tokens","count":300,"length":6,"vocabulary":4}""").Load(definition, "");
        // Half of the sequences have it: guessing is right as often.
        Assert.InRange(Trained(definition, data, """{"type":"crossEntropy"}""", 50, t => t.Accuracy(data.Test!)), 0.9, 1);
    }

    [SkippableFact]
    public void ADecoderReverses()
    {
        Libtorch.Require();
        var definition = Network("""
            { "input": { "type": "tokens", "length": 4, "decoderLength": 4 },
              "layers": [{ "type": "sequenceToSequence",
                           "encoder": [{ "type": "embedding", "vocabulary": 5, "width": 12 }, { "type": "encoderBlock", "heads": 2, "feedForward": 24 }],
                           "decoder": [{ "type": "embedding", "vocabulary": 5, "width": 12 }, { "type": "decoderBlock", "heads": 2, "feedForward": 24 }] },
                         { "type": "dense", "units": 5 }] }
            """);
        using var data = TestData.Read("""{"type":"tokens","count":300,"length":4,"vocabulary":5,"task":"reverse"}""").Load(definition, "");
        // One token of four is guessed.
        Assert.InRange(Trained(definition, data, """{"type":"crossEntropy"}""", 50, t => t.Accuracy(data.Test!)), 0.9, 1);
    }

    private static NetworkDefinition Network(string json) => StrictJson.Read<NetworkDefinition>(json, "network");

    private static double Trained(NetworkDefinition definition, DataSets data, string loss, int epochs, Func<Trainer, double> measure)
    {
        var settings = StrictJson.Read<TrainingSettings>(
            $$"""{ "loss": {{loss}}, "optimiser": { "type": "adam", "learningRate": 0.01 }, "strategy": { "type": "simple", "epochs": {{epochs}} } }""", "training");
        using var network = new Network(definition, 1);
        using var trainer = new Trainer(network, data.Training, settings);
        trainer.Run([]);
        return measure(trainer);
    }
}
