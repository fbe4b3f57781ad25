using System.Reflection;
using System.Text.Json.Serialization;

namespace Engine.Learn.Networks.Layers;

/// <summary>One entry of a list of layers; its key "type" says which. Sizes of what it is given follow from the layers before it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(DenseLayer), "dense")]
[JsonDerivedType(typeof(ConvolutionLayer), "convolution")]
[JsonDerivedType(typeof(PoolingLayer), "pooling")]
[JsonDerivedType(typeof(FlattenLayer), "flatten")]
[JsonDerivedType(typeof(ReshapeLayer), "reshape")]
[JsonDerivedType(typeof(ActivationLayer), "activation")]
[JsonDerivedType(typeof(DropoutLayer), "dropout")]
[JsonDerivedType(typeof(ResidualLayer), "residual")]
[JsonDerivedType(typeof(LayerNormLayer), "layerNorm")]
[JsonDerivedType(typeof(BatchNormLayer), "batchNorm")]
[JsonDerivedType(typeof(EmbeddingLayer), "embedding")]
[JsonDerivedType(typeof(AttentionLayer), "attention")]
[JsonDerivedType(typeof(EncoderBlockLayer), "encoderBlock")]
[JsonDerivedType(typeof(DecoderBlockLayer), "decoderBlock")]
[JsonDerivedType(typeof(SequenceToSequenceLayer), "sequenceToSequence")]
[JsonDerivedType(typeof(MessagePassingLayer), "messagePassing")]
[JsonDerivedType(typeof(ReadoutLayer), "readout")]
[JsonDerivedType(typeof(GruLayer), "gru")]
[JsonDerivedType(typeof(AutoEncoderLayer), "autoEncoder")]
[JsonDerivedType(typeof(VariationalAutoEncoderLayer), "variationalAutoEncoder")]
[JsonDerivedType(typeof(HeadsLayer), "heads")]
public abstract record Layer
{
    /// <summary>Its name in the paths of its parameters; by default its type and place ("dense0").</summary>
    public string? Name { get; init; }

    /// <summary>What "type" says.</summary>
    internal string TypeName => (string)typeof(Layer).GetCustomAttributes<JsonDerivedTypeAttribute>().Single(a => a.DerivedType == GetType()).TypeDiscriminator!;

    /// <summary>Makes the parameters for what the layer is given.</summary>
    /// <exception cref="Kernels.Errors.InputException">It cannot take that.</exception>
    internal abstract Stage Build(NetworkBuilder builder, Shape shape);
}
